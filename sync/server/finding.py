"""What the city's register says of a letter, to anyone who holds it: by its QR, code or number.

    genuine     issued, recorded, in force
    void        declared void by its office
    superseded  another letter of that office corrects it
    disputed    two papers bear its number, or an act against it was not settled yet
    unknown     nothing is recorded; with a QR whose signature holds: not yet, for an office without
                a network sends later (sync-rules 8b)
    forged      the QR's signature is not of an office here, or it says other things than the paper
    foreign     the QR is another region's
    unreadable  no QR, code or number at all

A finding names no person: a QR or code gives initials, a number, which can be guessed, not even
those.
"""

import datetime as dt
import re
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, or_, select

from forms.engine import expiry
from forms.engine.problem import Refused
from sync.crypto import letter as seals
from sync.crypto.letter import Claims
from sync.protocol import wire
from sync.protocol.change import ID_BYTES, NUMBERING, STATE, Change
from sync.protocol.columns import NUL
from sync.protocol.ties import block_of, is_second
from sync.protocol.view import Present
from sync.server import offices, papers, revocation, tables
from sync.server.city import City
from sync.server.papers import Paper
from sync.server.reading import present_of
from sync.server.records import VOID

Status = Literal[
    "genuine", "void", "superseded", "disputed", "unknown", "forged", "foreign", "unreadable"
]

ISSUED = "issued"
CODE_DIGITS = 12  # of the letter's id, as they stand beside the QR
NUMBER_MAX = 80
_CODE = re.compile(rf"[0-9A-F]{{{CODE_DIGITS}}}")
_SEPARATORS = re.compile(r"[\s.-]+")


class Second(msgspec.Struct, frozen=True):
    """The second signature: whose, and its number and date in that office's register."""

    office: str
    number: str
    date: str


class Shown(msgspec.Struct, frozen=True):
    """What is shown of a letter; dates are ISO, `valid_until` is empty for one without an end."""

    title: str
    number: str
    date: str
    office: str
    initials: str = ""
    valid_until: str = ""
    expired: bool = False
    second: Second | None = None


class Finding(msgspec.Struct, frozen=True):
    """What is said of a letter; `replaced_by` is the number of the one that corrects it."""

    status: Status
    letter: Shown | None = None
    replaced_by: str = ""


def by_qr(city: City, text: str) -> Finding:
    """Judge the text of a QR."""
    try:
        checked = seals.check(text.strip(), {city.code: city.public.root})
    except Refused as refused:
        return Finding(_QR_STATUS.get(refused.problems[0].code, "forged"))
    said = checked.claims
    with city.database.read() as connection:
        paper = papers.by_letter(connection, city, said.letter_id, said.letter_id, checked.office)
        if paper is None:
            shown = Shown(
                said.service, said.number, said.date, checked.office, _dotted(said.initials)
            )
            return Finding("disputed" if revocation.doubts(city, checked) else "unknown", shown)
        if _claims(city, paper.change) not in {said, None}:
            return Finding("forged")
        return _found(connection, city, paper, said)


def by_code(city: City, text: str) -> Finding:
    """Judge the short code that stands beside a letter's QR; blanks and dashes don't matter."""
    code = _SEPARATORS.sub("", text).upper()
    if not _CODE.fullmatch(code):
        return Finding("unreadable")
    first = bytes.fromhex(code)
    rest = ID_BYTES - len(first)
    with city.database.read() as connection:
        paper = papers.by_letter(connection, city, first + bytes(rest), first + b"\xff" * rest)
        if paper is None:
            return Finding("unknown")
        return _found(connection, city, paper, _claims(city, paper.change))


def by_number(city: City, office: str, number: str) -> Finding:
    """Judge a letter by an office's code and the number as it is printed."""
    number = " ".join(number.split())
    if not number or len(number) > NUMBER_MAX or NUL in number + office:
        return Finding("unreadable")
    table = tables.number
    with city.database.read() as connection:
        try:
            place = offices.by_code(connection, city.code, office.strip())
        except Refused:
            return Finding("unknown")
        record = connection.scalar(
            select(table.c.record).where(
                table.c.region == city.code, table.c.office == place, table.c.text == number
            )
        )
        paper = None if record is None else papers.by_record(connection, city, bytes(record))
        return Finding("unknown") if paper is None else _found(connection, city, paper, None)


_QR_STATUS: dict[str, Status] = {
    "qr_malformed": "unreadable",
    "key_unknown": "foreign",
    "signature_wrong": "forged",
}


def _found(connection: Connection, city: City, paper: Paper, claims: Claims | None) -> Finding:
    present = paper.present
    by = "" if present is None else _successor(connection, city, present)
    status = _status(connection, city, paper)
    if status == "genuine" and by:
        status = "superseded"
    return Finding(status, _shown(connection, city, paper, claims), by)


def _status(connection: Connection, city: City, paper: Paper) -> Status:
    present = paper.present
    if present is None or paper.verdict not in {"applied", "conflict"}:
        return "unknown"  # it came before what it stands on, and is judged when that is here
    if _disputed(connection, city, paper, present):
        return "disputed"
    if present.state == VOID or paper.verdict == "conflict":
        return "void"
    return "genuine"


def _disputed(connection: Connection, city: City, paper: Paper, present: Present) -> bool:
    """Tell whether its own office has to settle something that puts this paper in doubt.

    What other offices say of it doesn't count: nobody can bring another's letter into doubt.
    """
    table = tables.conflict
    rows = connection.execute(
        select(table.c.kind, table.c.proposed_value).where(
            table.c.region == city.code,
            or_(table.c.record == present.id, table.c.present == paper.change.id),
            table.c.closed == 0,
            table.c.office == present.office,
        )
    )
    for row in rows:
        proposed = wire.decode(row.proposed_value, dict[str, Any]).get(STATE)
        if row.kind in {"number_taken", "paper"}:
            return True
        if row.kind == "transition" and proposed in {ISSUED, VOID}:
            return True
    return False


def _successor(connection: Connection, city: City, present: Present) -> str:
    """Name the number of the letter of the same office that corrects this one, once issued."""
    table = tables.record
    rows = connection.execute(
        select(table)
        .where(
            table.c.region == city.code,
            table.c.replaces == present.id,
            table.c.office == present.office,
            table.c.number.is_not(None),
            table.c.state != VOID,
        )
        .order_by(table.c.added)
    )
    numbers = [found.number for found in map(present_of, rows) if found.number is not None]
    return numbers[-1].text if numbers else ""


def _shown(connection: Connection, city: City, paper: Paper, claims: Claims | None) -> Shown | None:
    change, data = paper.change, papers.data_of(paper.change)
    form = city.catalogue.forms.get(change.service)
    date = _date(data.get("iso_date") or _kept_day(connection, city, change))
    if date is None:
        return None
    last = None
    if form is not None and form.letter is not None and paper.present is not None:
        last = expiry.last_day(form, paper.present.answers, date, city.region)
    return Shown(
        form.title if form is not None else change.service,
        change.number.text if change.number is not None else "",
        date.isoformat(),
        offices.by_id(connection, city.code, paper.office).name,
        _dotted(claims.initials) if claims is not None else "",
        last.isoformat() if last is not None else "",
        expiry.is_expired(last, city.day(city.now())),
        _second(connection, city, paper.present),
    )


def _second(connection: Connection, city: City, present: Present | None) -> Second | None:
    if present is None or not present.guests:
        return None
    for row in reversed(papers.changes(connection, city, present.id)):
        change = wire.decode(row.content, Change)
        day = block_of(change).get("iso_date") or _kept_day(connection, city, change)
        signed = is_second(change.number) and change.act != NUMBERING
        if signed and row.verdict == "applied" and change.number is not None:
            name = offices.by_id(connection, city.code, row.office).name
            return Second(name, change.number.text, day)
    return None


def _kept_day(connection: Connection, city: City, change: Change) -> str:
    """Give the day of a paper whose content was erased, "" for any other."""
    names = [change.id] if change.erased else []
    return papers.days(connection, city.code, names).get(change.id, "")


def _claims(city: City, change: Change) -> Claims | None:
    """Read the claims of the QR that was printed; None for a paper without a whole one."""
    text = (change.body.paper or {}).get(papers.QR)
    try:
        checked = seals.check(str(text), {city.code: city.public.root})
    except Refused:
        return None
    return checked.claims


def _date(text: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        return None


def _dotted(initials: str) -> str:
    return "".join(f"{letter}." for letter in initials)
