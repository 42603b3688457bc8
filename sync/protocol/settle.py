"""Settlement: a person's choice in a dispute, made once, by a change on the disputed record.

The change's act is SETTLE. Its `extra` says what its author had before them; its answers are the
winning value of the whole group, its base there the present change that was seen.

What a person can decide, by the kind of dispute:

    value              keep the present value, or adopt the proposed one
    transition         keep the present state, with a reason; the act may be done again by moving
    paper              keep the present state, with a reason: the paper outside it counts as void
    number_taken       nothing here: it closes by itself when one of both letters becomes void
    number_not_leased  acknowledge it (keep present), with a reason
    duplicate          acknowledge both records (keep present), with a reason

A transition, a paper and a doubled number also close by themselves when the record becomes void.

What becomes of a settlement, the first that fits (sync-rules 1d). `tip` is the latest proposal.

    a change that it names is not here       held
    no branch has a tip that it names        no_effect, settle_moved: back to its author
    the branch was settled, in the same way  no_effect; if it was adopted, it stands for that one
    the branch was settled otherwise         no_effect, settled_already; it stands for nothing
    the proposed one was chosen, but the
      present is another than was seen       no_effect, settle_moved: back to its author
    the proposed one was chosen              applied, adopted: the group is written
    the present one was chosen               applied, kept: nothing is written

An adopted proposal counts as the settlement from then on, so work that was done on it goes on.
Work on a choice that was returned or refused is judged by what that chose: where its proposal is
still the latest of an open branch, the work is the next one of it, else it opens its own.
Winner and loser are named by change: where a server that was put back met both in the other order,
the one that lost there can still win here.

Who may: in the record's own office whoever edits its records, verifikator, penandatangan and
kepala; and an administrator at the server. An office that a record was put before sees it only.
"""

import hashlib
from collections.abc import Collection
from typing import Any

import msgspec

from forms.engine.form import Form
from sync.protocol import walk
from sync.protocol.change import ID_BYTES, SETTLE, Change
from sync.protocol.view import Dispute, Judgement, Kept, Present, View

SETTLES = "settles"  # the key of `extra`
KEPT = "kept"  # codes of a settlement that was applied: the present value stays
ADOPTED = "adopted"  # or the proposed one is written
ALREADY = "settled_already"  # and of one that goes back to its author
MOVED = "settle_moved"
RETURNED = frozenset({ALREADY, MOVED})

DECIDING = frozenset({"verifikator", "penandatangan"})  # beside those who may edit
REASONED = frozenset({"transition", "paper", "number_not_leased", "duplicate"})
VOIDED = frozenset({"transition", "paper", "number_taken"})  # they end with the paper


class Settlement(msgspec.Struct, frozen=True):
    """What a settlement's author had before them, and chose; `by` is an administrator's name."""

    conflict: bytes
    group: str
    present: bytes
    proposed: bytes
    kept: Kept
    by: str = ""

    @property
    def winner(self) -> bytes:
        """The change whose value was chosen."""
        return self.present if self.kept == "present" else self.proposed


def deciding(said: Settlement) -> dict[str, Any]:
    """Give the `extra` of a change that settles."""
    plain = msgspec.structs.asdict(said)
    return {SETTLES: {key: value for key, value in plain.items() if value}}


def said_by(change: Change) -> Settlement | None:
    """Read what a change settles; None for any other change, or one that makes no sense."""
    if change.act != SETTLE:
        return None
    plain = change.extra.get(SETTLES)
    try:
        said = msgspec.convert(
            {"present": b"", **plain} if isinstance(plain, dict) else plain, Settlement
        )
    except msgspec.ValidationError:
        return None
    named = len(said.conflict) == len(said.proposed) == ID_BYTES and said.group
    return said if named and len(said.present) in {0, ID_BYTES} else None


def chosen(change: Change) -> bytes:
    """Name the change whose value a settlement chose; empty for any other change."""
    said = said_by(change)
    return said.winner if said is not None else b""


def handle(conflict: bytes, group: str) -> bytes:
    """Name one entry of the inbox, the same everywhere: a change may be disputed in two groups."""
    return hashlib.sha256(b"teras/conflict/1" + conflict + group.encode()).digest()[:ID_BYTES]


def may(form: Form, roles: Collection[str]) -> bool:
    """Tell whether these roles may settle in the record's own office."""
    return not (form.machine.edit | DECIDING).isdisjoint(roles)


def writes(change: Change, verdict: str, code: str) -> bool:
    """Tell whether a settlement writes its group: by its verdict, or while it is only meant."""
    if code:
        return verdict == "applied" and code == ADOPTED
    said = said_by(change)
    return verdict == "applied" and said is not None and said.kept == "proposed"


def fault(kind: str, kept: Kept, reason: str) -> str:
    """Say by code why a dispute of this kind can't be settled so; "" if it can."""
    if kind == "number_taken":
        return "settle_by_voiding"
    if kind in REASONED and kept == "proposed":
        return "settle_present_only"
    return "reason_missing" if kind in REASONED and not reason.strip() else ""


def judged(change: Change, form: Form, present: Present, view: View) -> Judgement:
    """Judge a settlement by an author who may settle; walk.Waits for what is not here."""
    said = said_by(change)
    if said is None:
        return Judgement("refused", "settlement_wrong")
    for name in (said.conflict, said.present, said.proposed):
        known = view.known(name) if name else None
        if name and (known is None or known.verdict == "held"):
            raise walk.Waits(name)
    found = _disputed(said, view)
    if found is None:
        return Judgement("no_effect", MOVED)
    if found.record != present.id:
        return Judgement("refused", "settlement_wrong")
    kept: Kept = "proposed" if found.proposed == said.winner else "present"
    if found.closed_by:
        return _late(found, kept)
    code = fault(found.kind, kept, change.body.reason)
    if code:
        return Judgement("refused", code)
    closed = msgspec.structs.replace(found, closed_by=change.id, kept=kept)
    if kept == "present":
        return Judgement("applied", KEPT, disputes=(closed,))
    return _adopted(change, form, present, (said, closed), view)


def _disputed(said: Settlement, view: View) -> Dispute | None:
    """Find the dispute with the tip that was seen, on whichever side it stands here."""
    found = view.disputed(said.proposed, said.group)
    known = view.known(said.proposed)
    if found is None and said.present and known is not None and known.verdict == "applied":
        found = view.disputed(said.present, said.group)
    return found


def _late(found: Dispute, kept: Kept) -> Judgement:
    """Say what becomes of one that came after another, or after the paper was void."""
    if kept != (found.kept or "present"):
        return Judgement("no_effect", ALREADY)
    stands = {found.group: found.closed_by} if kept == "proposed" else {}
    return Judgement("no_effect", stands=stands)


def _adopted(
    change: Change, form: Form, present: Present, chosen: tuple[Settlement, Dispute], view: View
) -> Judgement:
    said, closed = chosen
    group = closed.group
    loser = said.present if said.winner == said.proposed else said.proposed
    if not _is_seen(loser, present.head(group), group, view):
        return Judgement("no_effect", MOVED)
    if present.state not in form.machine.editable:
        return Judgement("refused", "state_final")
    keys = form.groups.get(group, (group,))
    value = {key: v for key, v in change.body.answers.items() if v is not None}
    if value != closed.proposed_value or not change.body.answers.keys() <= set(keys):
        return Judgement("refused", "settlement_wrong")
    # A field that joined the group in a later version than the author's stays as it is.
    answers = {key: v for key, v in present.answers.items() if key not in change.body.answers}
    after = msgspec.structs.replace(
        present, answers=answers | value, heads=present.heads | {group: change.id}
    )
    return Judgement("applied", ADOPTED, present=after, disputes=(closed,))


def _is_seen(seen: bytes, head: bytes, group: str, view: View) -> bool:
    """Tell whether the present value is the one that was seen: it, or one that stands for it."""
    known = view.known(seen)
    if known is None or known.verdict in {"refused", "quarantined"}:
        return seen == head
    return walk.resolved(seen, group, view) == head
