"""Whether an operator did what bears their name: legal acts are signed by the operator's own key.

    name       SHA256("teras/operator-key/1" | public key)[:16]: a record of office/key
    `key`      the name of the key, in the `extra` of a signed change
    `signature`  Ed25519 over "teras/act/1" | SHA256("teras/change/1" | act without `signature`)

So it covers what the change's id covers: the author, its place in the device's chain, the bases,
the number, and by the body's digest the text on the paper; it holds still when a person was erased.
Which acts are signed, the form's machine says; every choice in a dispute is.

    the signature                                    an act of work        that decides over others
    holds, by a key of the author's that counts      as ever               as ever
    does not hold, or is by another's key            authorship_wrong      authorship_wrong
    by a key that is unknown or not vouched for yet  authorship_missing *  authorship_missing
    lacks, from a laptop that has brought a key      authorship_missing *  authorship_missing
    by a key that has ended                          authorship_ended *    authorship_ended
    lacks, from a laptop that brought no key yet     as ever: its program is of an earlier version

    *  applied, with this code; else refused, or beside the record where something was printed

What is marked counts and is listed for the head of the office: a paper's number is never lost.
Choices in disputes, and changes of people and of their keys, decide over others.

A key counts that was brought by a change which its author signed with a key that counts, or that is
the first of its operator; any other waits until somebody who keeps the people of the office vouches
for it.
"""

import hashlib
from collections.abc import Collection, Mapping
from typing import Any

from forms.engine.form import Form
from forms.engine.spec import CITY
from sync.protocol.change import ID_BYTES, NEW, NOBODY, SETTLE, Change, said
from sync.protocol.view import Present, View

SERVICE = "office/key"
PEOPLE = "office/operator"  # who may begin its records may speak for the keys of others
OWNER, PUBLIC, DEVICE = "petugas", "kunci", "laptop"  # its fields, in hex
BROUGHT, VOUCHED, ENDED_STATE = "brought", "vouched", "ended"  # its states
END = "end"  # an action of its machine

KEY, SIGNATURE = "key", "signature"  # in the `extra` of a signed change

MISSING = "authorship_missing"
WRONG = "authorship_wrong"
ENDED = "authorship_ended"
MARKS = frozenset({MISSING, ENDED})  # codes of what was applied all the same
CODES = MARKS | {WRONG}


def is_signed(form: Form, act: str) -> bool:
    """Tell whether an act on a record of this form is to be signed."""
    return act == SETTLE or act in form.machine.signed


def name(public: bytes) -> bytes:
    """Name an operator's public key: the id of its record."""
    return hashlib.sha256(b"teras/operator-key/1" + public).digest()[:ID_BYTES]


def message(change: Change) -> bytes:
    """Give what the operator's signature under a change is over."""
    extra = {key: value for key, value in change.extra.items() if key != SIGNATURE}
    return b"teras/act/1" + said(change, extra)


def unsigned(change: Change) -> dict[str, Any]:
    """Give a change's `extra` without who signed it: no signature holds for another change."""
    return {key: value for key, value in change.extra.items() if key not in {KEY, SIGNATURE}}


def signer(change: Change) -> bytes:
    """Name the key that a change says it is signed by; empty for none."""
    key = change.extra.get(KEY)
    return key if isinstance(key, bytes) and len(key) == ID_BYTES else NOBODY


def brought(owner: bytes, public: bytes, device: bytes) -> dict[str, Any]:
    """Give the answers of a key's record."""
    return {OWNER: owner.hex(), PUBLIC: public.hex(), DEVICE: device.hex()}


def decides(form: Form, change: Change) -> bool:
    """Tell whether an act decides over others, and so is nothing without who did it."""
    is_new_key = form.code == SERVICE and change.act == NEW
    return change.act == SETTLE or (form.internal and not is_new_key)


def fault(change: Change, form: Form, view: View, roles: Collection[str]) -> str:
    """Say by code what is wrong with who did it; "" for nothing."""
    if CITY in roles:
        return ""  # at an administrator's word, in the server's own chain
    if SIGNATURE not in change.extra:
        told = is_signed(form, change.act) and (form.code == SERVICE or view.signers.keyed(change))
        return MISSING if told else ""
    key = signer(change)
    if form.code == SERVICE and change.act == NEW and change.record == key:
        if not _vouches(change, change.body.answers, view):
            return WRONG
        return "" if view.signers.first(change) else MISSING
    record = view.present(key)
    if record is None or record.service != SERVICE:
        return MISSING
    if not _vouches(change, record.answers, view):
        return WRONG
    if record.state == ENDED_STATE:
        return ENDED
    return "" if _counts(record, view) else MISSING


def may_keep(change: Change, form: Form, present: Present | None, view: View) -> bool:
    """Tell whether a change of a key is one of its operator's, or of who keeps the people here."""
    if form.code != SERVICE:
        return True
    answers = change.body.answers if present is None else present.answers
    people = view.form(PEOPLE)
    keeps = people is not None and people.machine.may_create(view.roles(change.operator))
    return keeps or answers.get(OWNER) == change.operator.hex()


def _counts(record: Present, view: View) -> bool:
    begun = view.known(record.heads[""])
    return record.state != BROUGHT or (begun is not None and not begun.code)


def _vouches(change: Change, answers: Mapping[str, Any], view: View) -> bool:
    """Tell whether the key of this record is the author's own and signed the change."""
    return is_owners(change, answers) and view.signers.signed(change, public_of(answers))


def is_owners(change: Change, answers: Mapping[str, Any]) -> bool:
    """Tell whether the record of the key that a change names is one of its author's."""
    is_own = answers.get(OWNER) == change.operator.hex()
    return is_own and name(public_of(answers)) == signer(change)


def public_of(answers: Mapping[str, Any]) -> bytes:
    """Read the public key of a key's record; empty where there is none."""
    try:
        return bytes.fromhex(str(answers.get(PUBLIC, "")))
    except ValueError:
        return b""
