"""What this laptop can say of a letter that somebody brings, by its QR and without a network.

    genuine     made by an office of this region; `record` where the letter is known here
    void        declared void by its office
    superseded  another letter of its office corrects it
    disputed    two papers bear its number, or something about it waits for a person
    unknown     made with our own office's name, and no letter like it is here
    revoked     signed by a laptop that is out of the office's hands, and not among what it had sent
    forged      the signature doesn't hold, or the paper says other things than the record
    foreign     another region's letter, whose key is not known here
    unreadable  no letter's QR at all

Of other offices' letters that were never put before us only the signature can be judged.
"""

import datetime as dt
from collections.abc import Iterable
from typing import Literal

import msgspec

from forms.engine import expiry
from forms.engine.problem import Refused
from sync.crypto import letter as seals
from sync.crypto.letter import Checked, Claims
from sync.protocol.change import Change
from sync.store import kept, letters, read, search, trust
from sync.store.handle import Store
from sync.store.read import Record
from sync.store.statements import Connection

Status = Literal[
    "genuine",
    "void",
    "superseded",
    "disputed",
    "unknown",
    "revoked",
    "forged",
    "foreign",
    "unreadable",
]
NEAREST = 20  # records looked at: the one whose number is asked for whole stands first


class Finding(msgspec.Struct, frozen=True):
    """What is said of a letter; `claims` is empty where nothing of the QR can be believed.

    `record` is the letter as it is known here, `replaced_by` the number of the one that corrects
    it, `reason` why it is void, `last_day` (ISO) where its validity has passed.
    """

    status: Status
    claims: Claims | None = None
    office: str = ""
    record: Record | None = None
    replaced_by: str = ""
    reason: str = ""
    last_day: str = ""


_UNPROVED: dict[str, Status] = {"qr_malformed": "unreadable", "key_unknown": "foreign"}


def by_qr(store: Store, text: str) -> Finding:
    """Judge the text of a QR as a scanner gives it."""
    try:
        checked = seals.check(text.strip(), _roots(store))
    except Refused as refused:
        return Finding(_UNPROVED.get(refused.problems[0].code, "forged"))
    with store.read() as conn:
        hits = search.find(conn, checked.claims.number, limit=NEAREST)
        papers = [paper for hit in hits for paper in _papers(conn, hit.record)]
    for paper in papers:
        said = _claims(store, paper)
        if said is not None and said.letter_id == checked.claims.letter_id:
            if said != checked.claims:
                return Finding("forged")
            return _known(store, checked, paper)
    return _unrecorded(store, checked, papers)


def _known(store: Store, checked: Checked, paper: Change) -> Finding:
    record = read.record(store, paper.target)
    finding = Finding("genuine", checked.claims, checked.office, record)
    if record.sync == "conflict" or record.number != paper.number:
        return msgspec.structs.replace(finding, status="disputed")
    if record.state == letters.VOID:
        story = read.history(store, record.id)
        why = [event.reason for event in story if event.state == letters.VOID]
        return msgspec.structs.replace(finding, status="void", reason="".join(why[-1:]))
    after = [
        one.number.text
        for one in read.corrections(store, record.id)
        if one.number is not None and one.state != letters.VOID
    ]
    if after:
        return msgspec.structs.replace(finding, status="superseded", replaced_by=after[-1])
    return msgspec.structs.replace(finding, last_day=_passed(store, record, checked.claims))


def _unrecorded(store: Store, checked: Checked, papers: Iterable[Change]) -> Finding:
    """Judge a letter whose signature holds and that is not here."""
    claims = checked.claims
    with store.read() as conn:
        entries = trust.revoked(conn)
    if any(entry.doubts(checked.key, checked.plain) for entry in entries):
        return Finding("revoked", claims, checked.office)
    if checked.office != store.office.name:
        return Finding("genuine", claims, checked.office)
    doubled = any(paper.number and paper.number.text == claims.number for paper in papers)
    return Finding("disputed" if doubled else "unknown", claims, checked.office)


def _passed(store: Store, record: Record, claims: Claims) -> str:
    """Give the last day of a letter's validity where that has passed; "" for one in force."""
    form = store.catalogue.form(record.service)
    last = expiry.last_day(form, record.answers, dt.date.fromisoformat(claims.date), store.region)
    today = store.day().date
    return last.isoformat() if last is not None and expiry.is_expired(last, today) else ""


def _papers(conn: Connection, record: bytes) -> list[Change]:
    """Give the changes that put a record on paper; more than one where two desks did."""
    rows = conn.exec_driver_sql("SELECT id, plain FROM change WHERE record = ?", (record,))
    changes = [kept.unpack(row.plain, row.id) for row in rows]
    return [change for change in changes if letters.QR in (change.body.paper or {})]


def _claims(store: Store, paper: Change) -> Claims | None:
    try:
        return seals.check(str((paper.body.paper or {})[letters.QR]), _roots(store)).claims
    except Refused:
        return None


def _roots(store: Store) -> dict[str, bytes]:
    return {store.desk.region: store.desk.server.root}
