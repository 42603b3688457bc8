"""Findings of the inspectorate at offices: begun and judged by the city, answered by the office.

    found       -> answered -> followed (sesuai) -> settled
    unfollowed  -> answered -> incomplete (belum sesuai) -> answered ...
    any of them -> impossible (tidak dapat ditindaklanjuti, with a valid cause) -> settled

A report is followed up within 60 days of its coming (UU 15/2004, article 20 paragraph 3).
"""

import datetime as dt
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from forms.engine.problem import Problem, Refused
from sync.protocol import wire
from sync.protocol.change import NEW, Change
from sync.server import asking, audit, tables
from sync.server.city import City

SERVICE = "audit/finding"
DAYS = 60
LISTED_MAX = 2_000  # of one region, newest first: decades of reports
KEYS = ("tentang", "uraian", "kriteria", "sebab", "akibat", "rekomendasi", "penanggung_jawab")
TEXT = ("nomor_lhp", *KEYS)


class Finding(msgspec.Struct, frozen=True):
    """What is found at which office, by its code; `texts` are those of TEXT."""

    office: str
    written: dt.date
    received: dt.date
    texts: dict[str, str]


class Listed(msgspec.Struct, frozen=True):
    """One finding as it stands; `days` are left until `due`, negative when it has passed."""

    id: bytes
    office: str
    texts: dict[str, str]
    written: str
    received: str
    due: str
    days: int
    state: str
    open: bool
    begun: int

    @property
    def late(self) -> bool:
        """Whether its day has passed and the office has still to do something."""
        return self.state in OWED and self.days < 0


class Said(msgspec.Struct, frozen=True):
    """One act on a finding: when, of the city or the office, what, into which state, the words."""

    time: int
    by_city: bool
    act: str
    state: str
    words: str


OWED = frozenset({"found", "incomplete", "unfollowed"})  # the office has to do something
CLOSED = frozenset({"settled", "void"})


def begin(city: City, found: Finding, who: str) -> bytes:
    """Tell an office of a finding; return its record's id.

    Refused(office_unknown | not_in_scope), or what is wrong with its words and days.
    """
    raw: dict[str, Any] = {key: text for key, text in found.texts.items() if text.strip()}
    raw |= {
        "tanggal_lhp": found.written.isoformat(),
        "diterima": found.received.isoformat(),
        "tenggat": (found.received + dt.timedelta(days=DAYS)).isoformat(),
    }
    with city.database.write() as connection:
        record, office = asking.begin(connection, city, SERVICE, found.office, raw)
        audit.note(connection, city, who, "finding_begun", office, record=record.hex())
    return record


def judge(city: City, record: bytes, action: str, reason: str, who: str) -> None:
    """Do one of the city's acts on a finding.

    Refused(record_unknown | action_unknown | action_not_now | reason_missing | role_missing).
    """
    with city.database.write() as connection:
        office = asking.step(connection, city, SERVICE, record, (action, reason))
        facts = {"record": record.hex(), "decision": action}
        audit.note(connection, city, who, "finding_judged", office, **facts)


def may(city: City, state: str) -> list[str]:
    """List the city's acts on a finding in this state."""
    machine = city.catalogue.form(SERVICE).machine
    return [row.action for row in machine.allowed(state, ("city",))]


def listing(city: City, *, open_only: bool = False) -> list[Listed]:
    """List findings, those to be done first by their day, then the others, the newest first."""
    with city.database.read() as connection:
        rows = connection.execute(_query(city).limit(LISTED_MAX)).all()
    found = [_listed(city, row) for row in rows]
    kept = [one for one in found if one.open or not open_only]
    return sorted(kept, key=lambda one: (one.state not in OWED, not one.open, one.due, -one.begun))


def find(city: City, record: bytes) -> tuple[Listed, list[Said]]:
    """Read one finding and what was said about it, the oldest first; Refused(record_unknown)."""
    with city.database.read() as connection:
        row = connection.execute(_query(city).where(tables.record.c.id == record)).one_or_none()
        if row is None:
            raise Refused(Problem("record_unknown"))
        return _listed(city, row), _story(connection, city, record)


def _query(city: City) -> Any:
    table, place = tables.record, tables.office
    return (
        select(table, place.c.name.label("office_name"))
        .join(place, (place.c.region == table.c.region) & (place.c.id == table.c.office))
        .where(table.c.region == city.code, table.c.service == SERVICE)
        .order_by(table.c.added.desc())
    )


def _listed(city: City, row: Any) -> Listed:
    answers = wire.decode(row.answers, dict[str, Any])
    due = str(answers.get("tenggat") or "")
    today = city.day(city.now())
    return Listed(
        row.id,
        row.office_name,
        {key: str(answers.get(key) or "") for key in TEXT},
        str(answers.get("tanggal_lhp") or ""),
        str(answers.get("diterima") or ""),
        due,
        (dt.date.fromisoformat(due) - today).days if due else 0,
        row.state,
        row.state not in CLOSED,
        row.added // 1_000,
    )


def _story(connection: Connection, city: City, record: bytes) -> list[Said]:
    table = tables.change
    query = (
        select(table.c.content, table.c.received)
        .where(
            table.c.region == city.code,
            table.c.record == record,
            table.c.verdict == "applied",
            table.c.place.is_not(None),
        )
        .order_by(table.c.place)
    )
    told = [(wire.decode(row.content, Change), row.received) for row in connection.execute(query)]
    return [
        Said(received, change.operator == city.id, change.act, change.state, change.body.reason)
        for change, received in told
        if change.act != NEW
    ]
