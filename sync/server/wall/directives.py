"""Dispositions of the city's head to an office: records that the server writes, answered there.

They travel as sync.server.asking says.
"""

import datetime as dt
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from forms.engine.problem import Problem, Refused
from sync.protocol import wire
from sync.protocol.change import STATE, Change
from sync.server import asking, audit, tables
from sync.server.city import City

SERVICE = "disposition/city"
WITHDRAW = "void"
DAYS_MAX = 90  # of a deadline; who means a year means a plan
LISTED_MAX = 200


class Directive(msgspec.Struct, frozen=True):
    """What is asked of which office; `office` is its code, `about` the figure, `due` a date."""

    office: str
    sender: str
    about: str
    text: str
    due: dt.date


class Listed(msgspec.Struct, frozen=True):
    """One disposition as it stands; `answer` is what the office said, `given` ms."""

    id: bytes
    office: str
    sender: str
    about: str
    text: str
    due: str
    given: int
    state: str
    late: bool
    answer: str


def give(city: City, asked: Directive, who: str) -> bytes:
    """Give a disposition to an office; return its record's id.

    Refused(office_unknown | not_in_scope | directive_due), or what is wrong with its words.
    """
    today = city.day(city.now())
    if not today <= asked.due <= today + dt.timedelta(days=DAYS_MAX):
        raise Refused(Problem("directive_due", "due", {"max": DAYS_MAX}))
    raw = {
        "tanggal": today.isoformat(),
        "dari": asked.sender,
        "tentang": asked.about,
        "isi": asked.text,
        "tenggat": asked.due.isoformat(),
    }
    with city.database.write() as connection:
        record, office = asking.begin(connection, city, SERVICE, asked.office, raw)
        audit.note(connection, city, who, "directive_given", office, record=record.hex())
    return record


def withdraw(city: City, record: bytes, reason: str, who: str) -> None:
    """Take a disposition back that the office has not answered.

    Refused(record_unknown | reason_missing | action_not_now).
    """
    with city.database.write() as connection:
        office = asking.step(connection, city, SERVICE, record, (WITHDRAW, reason))
        audit.note(connection, city, who, "directive_withdrawn", office, record=record.hex())


def listing(city: City) -> list[Listed]:
    """List the newest dispositions, the newest first."""
    table, place = tables.record, tables.office
    today = city.day(city.now()).isoformat()
    with city.database.read() as connection:
        rows = connection.execute(
            select(table, place.c.name.label("office_name"))
            .join(place, (place.c.region == table.c.region) & (place.c.id == table.c.office))
            .where(table.c.region == city.code, table.c.service == SERVICE)
            .order_by(table.c.added.desc())
            .limit(LISTED_MAX)
        ).all()
        said = _answers(connection, city, rows)
    return [_listed(row, said.get(row.id, ""), today) for row in rows]


def _listed(row: Any, answer: str, today: str) -> Listed:
    answers = wire.decode(row.answers, dict[str, Any])
    due = str(answers.get("tenggat", ""))
    return Listed(
        id=row.id,
        office=row.office_name,
        sender=str(answers.get("dari", "")),
        about=str(answers.get("tentang", "")),
        text=str(answers.get("isi", "")),
        due=due,
        given=row.added // 1_000,
        state=row.state,
        late=row.state == "open" and due < today,
        answer=answer,
    )


def _answers(connection: Connection, city: City, rows: Any) -> dict[bytes, str]:
    """Find what was said when a disposition was answered or taken back."""
    table = tables.change
    heads = {wire.decode(row.heads, dict[str, bytes]).get(STATE, b""): row.id for row in rows}
    heads.pop(b"", None)
    found = connection.execute(
        select(table.c.id, table.c.content).where(
            table.c.region == city.code, table.c.id.in_(sorted(heads))
        )
    )
    return {heads[row.id]: wire.decode(row.content, Change).body.reason for row in found}
