"""Numbers of letters: taken from a lease in the transaction that issues, and every one explained.

The region says which letters a series counts (`Region.series`); an office that signs others'
letters second has a series of its own for these.
"""

import datetime as dt
from typing import Literal

import msgspec

from forms.engine.form import Form
from forms.engine.region import Region
from forms.engine.words import say
from forms.mail import series as post
from sync.protocol.change import Number
from sync.protocol.series import of_kind
from sync.protocol.ties import SECOND
from sync.store import kept, leases, settings, unused
from sync.store.case import decode
from sync.store.handle import Store
from sync.store.statements import Connection

NEXT_YEAR_FROM = 12  # the month from which next year's numbers are held as well
VOID = "void"

# issued, void     on a paper of ours or of another desk
# reserved         kept for a letter that is written by hand
State = Literal["issued", "void", "reserved"] | unused.State

_USES: dict[str, State] = {"void": "void", "reserved": "reserved"}  # by a record's state


class Explained(msgspec.Struct, frozen=True):
    """What became of one number of a series and year; `text` is how an inserted one is printed."""

    number: int
    state: State
    record: bytes = b""
    reason: str = ""
    text: str = ""


def series_of(form: Form, region: Region) -> str:
    """Name the series from which a letter's number comes."""
    assert form.letter is not None, "only letters are numbered"
    return region.series(form.code, form.letter.classification)


def code_of(form: Form, region: Region) -> str:
    """Give the classification code that a letter bears."""
    assert form.letter is not None, "only letters are classified"
    return region.classification(form.code, form.letter.classification)


def take(store: Store, conn: Connection, form: Form, date: dt.date) -> Number:
    """Take the next number; a provisional one, with no position, where our leases have ended."""
    return take_from(store, conn, series_of(form, store.region), date, code_of(form, store.region))


def take_second(store: Store, conn: Connection, form: Form, date: dt.date) -> Number:
    """Take the next number of this office's register of letters that it signs second."""
    return take_from(store, conn, SECOND, date, code_of(form, store.region))


def take_from(store: Store, conn: Connection, series: str, date: dt.date, code: str) -> Number:
    """Take the next number of a series, `code` being the classification that its text shows."""
    taken = final(store, conn, series, date, code)
    return taken or Number(series, date.year, 0, _provisional(store, conn))


def final(store: Store, conn: Connection, series: str, date: dt.date, code: str) -> Number | None:
    """Take the next number of a series as `take_from` does; None where our leases have ended."""
    position = leases.take(conn, store.desk, series, date.year)
    if not position:
        return None
    store.spent = True
    text = text_of(store, position, date.year, date.month, code)
    return Number(series, date.year, position, text)


def _provisional(store: Store, conn: Connection) -> str:
    count = (settings.read(conn, "provisional", int) or 0) + 1
    settings.write(conn, "provisional", count)
    # A laptop that was put back counts again from where it was: as another life.
    name = store.desk.device.hex()[:4] + store.desk.incarnation.hex()[:2]
    return say("number.provisional", device=name.upper(), count=count)


def text_of(store: Store, position: int, year: int, month: int, code: str) -> str:
    """Write a number of this office as its papers bear it."""
    office = store.desk.office
    return store.region.number_text(position, year, month, code, office.code, kind=office.kind)


def wanted(store: Store, conn: Connection) -> list[tuple[str, int]]:
    """List series and years whose leases are half used, from December next year's as well."""
    today = store.day().date
    years = [today.year] + ([today.year + 1] if today.month >= NEXT_YEAR_FROM else [])
    desk = store.desk
    names = of_kind(store.catalogue, store.region, desk.office.kind)
    low = leases.low(conn, desk)
    return [(name, year) for year in years for name in names if low.get((name, year), True)]


def explain(store: Store, series: str, year: int) -> list[Explained]:
    """Explain every number from 1 to the highest that a paper bears or a lease holds."""
    with store.read() as conn:
        return explained(store, conn, series, year)


def explained(store: Store, conn: Connection, series: str, year: int) -> list[Explained]:
    """Do what `explain` does, on a connection that is open."""
    used = _used(conn, series, year)
    left = unused.ranges(store, conn, series, year)
    reasons = _reasons(conn, [record for record, state, _ in used.values() if state == VOID])
    highest = max([*used, *(one.high for one in left)], default=0)
    fates = {number: one for one in left for number in range(one.low, one.high + 1)}
    found, nowhere = list[Explained](), unused.skipped()
    for number in range(1, highest + 1):
        if number in used:
            record, state, printed = used[number]
            reason = say("number.printed", text=printed) if printed else ""
            use = _USES.get(state, "issued")
            found.append(Explained(number, use, record, reasons.get(record, reason)))
        else:
            one = fates.get(number, nowhere)
            found.append(Explained(number, one.state, reason=one.reason))
    return found


def inserted(store: Store, series: str, year: int) -> dict[int, list[Explained]]:
    """Explain the numbers inserted in a series, by the number behind which they stand."""
    within = post.within(series)
    found: dict[int, list[Explained]] = {}
    with store.read() as conn:
        names = conn.exec_driver_sql(
            "SELECT DISTINCT series FROM number_use WHERE series >= ? AND series < ? AND year = ?",
            (f"{within}0", f"{within}:", year),  # the sign that sorts next to the digits
        )
        for name in names.scalars().all():
            behind = post.parent(name)
            if behind is None:
                continue
            used = _used(conn, name, year)
            found[behind[1]] = [
                Explained(number, _USES.get(state, "issued"), record, *_why(conn, record, name))
                for number, (record, state, _) in sorted(used.items())
            ]
    return found


def _why(conn: Connection, record: bytes, series: str) -> tuple[str, str]:
    """Find the reason that was given last for an inserted number, and its text."""
    rows = conn.exec_driver_sql(
        "SELECT id, plain FROM change WHERE record = ? ORDER BY n", (record,)
    )
    reason = text = ""
    for row in rows:
        change = kept.unpack(row.plain, row.id)
        if change.number is not None and change.number.series == series:
            text = change.number.text
            reason = change.body.reason or str(change.body.answers.get(post.WHY, ""))
        elif change.state == VOID:
            reason = change.body.reason
    return reason, text


def _used(conn: Connection, series: str, year: int) -> dict[int, tuple[bytes, str, str]]:
    """Read by number the record that bears it, its state, and what else stands on its paper."""
    rows = conn.exec_driver_sql(
        "SELECT u.position, u.record, r.plain FROM number_use u JOIN record r ON r.id = u.record "
        "WHERE u.series = ? AND u.year = ? ORDER BY u.position, r.n DESC",
        (series, year),
    )
    found = {}
    for row in rows:
        case = decode(row.plain)
        own = case.number is not None and case.number.series == series
        found[row.position] = (row.record, case.state, case.printed if own else "")
    return found


def _reasons(conn: Connection, records: list[bytes]) -> dict[bytes, str]:
    """Find why letters were declared void: the reason of the act that did it."""
    found = {}
    for record in records:
        rows = conn.exec_driver_sql(
            "SELECT id, plain FROM change WHERE record = ? ORDER BY n", (record,)
        )
        for row in rows:
            change = kept.unpack(row.plain, row.id)
            if change.state == VOID:
                found[record] = change.body.reason
    return found
