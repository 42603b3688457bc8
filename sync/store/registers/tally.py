"""What was done with letters in a period, counted once from their steps for every report of it."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator

import msgspec

from forms.engine import worktime
from forms.engine.form import Form
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.progress import Progress, unheard
from sync.store.registers import course
from sync.store.registers.course import RETURNED, Step
from sync.store.registers.table import Period
from sync.store.statements import Connection

ISSUED = "issued"
_PART = 1_000  # records at once: bounds memory
# Letters in these states have been dealt with; in all others somebody waits for one.
_CLOSED = frozenset(
    {"issued", "ready", "handed_over", "countersigned", "refused", "void", "expired"}
)
# What an action counts as. The camat returns a letter that stays issued: that is none.
_NAMES = {
    "issue": "issued",
    "return": RETURNED,
    "refuse": "refused",
    "void": "void",
    "hand_over": "handed_over",
}
COUNTS = ("received", "issued", "handed_over", "returned", "refused", "void", "open")


class Deed(msgspec.Struct, frozen=True):
    """One act that counts, by its name in COUNTS; `time` is ms, by the clock of who did it."""

    name: str
    time: int
    operator: bytes


class Handled(msgspec.Struct, frozen=True):
    """One letter, what was done with it in the period, and how often; `took` is seconds of work.

    `took` is None unless it was issued in the period.
    """

    record: bytes
    form: Form
    rt: str
    rw: str
    counts: dict[str, int]
    number: str
    took: int | None
    deeds: tuple[Deed, ...] = ()


def handled(
    store: Store,
    conn: Connection,
    period: Period,
    service: str = "",
    progress: Progress = unheard,
) -> Iterator[Handled]:
    """Give every letter that was touched in the period, or was open at its end."""
    held = "SELECT service, count(*) AS held FROM record GROUP BY service"
    counts = {row.service: row.held for row in conn.exec_driver_sql(held)}
    forms = [
        form
        for form in store.catalogue.forms.values()
        if form.letter is not None and store.sees(form) and service in {"", form.code}
    ]
    whole, done = sum(counts.get(form.code, 0) for form in forms), 0
    for form in forms:
        for part in _of_service(store, conn, period, form):
            progress(done, whole)
            done += _PART
            yield from part


def _of_service(
    store: Store, conn: Connection, period: Period, form: Form
) -> Iterator[Iterator[Handled]]:
    """Give the letters of a service a part at a time."""
    rows = conn.exec_driver_sql(
        "SELECT plain FROM record WHERE service = ? ORDER BY n", (form.code,)
    )
    for part in rows.partitions(_PART):
        cases = [decode(row.plain) for row in part]
        touched = {
            case.id: case
            for case in cases
            if case.office == store.desk.office.id
            and store.date(case.began) <= period.last
            and (store.date(case.updated) >= period.first or case.state not in _CLOSED)
        }
        yield _told(store, conn, period, form, touched)


def _told(
    store: Store, conn: Connection, period: Period, form: Form, touched: dict[bytes, Case]
) -> Iterator[Handled]:
    for name, steps in course.steps(conn, list(touched)):
        answers, number = touched[name].answers, touched[name].number
        deeds, is_open = _deeds(store, period, steps)
        counts = dict.fromkeys(COUNTS, 0) | Counter(deed.name for deed in deeds)
        counts["open"] = int(is_open)
        if any(counts.values()):
            yield Handled(
                name,
                form,
                str(answers.get("rt", "")),
                str(answers.get("rw", "")),
                counts,
                number.text if number else "",
                _took(store, period, steps),
                deeds,
            )


def _deeds(store: Store, period: Period, steps: list[Step]) -> tuple[tuple[Deed, ...], bool]:
    """Give what was done in the period, and whether the letter was open at its end."""
    deeds = []
    state = ""
    for place, step in enumerate(steps):
        day = store.date(step.time)
        if day > period.last:
            break
        state = step.state or state
        name = _NAMES.get(step.act, "") if place else "received"
        if day >= period.first and name and (name != RETURNED or state == RETURNED):
            deeds.append(Deed(name, step.time, step.operator))
    return tuple(deeds), bool(steps) and state not in _CLOSED


def _took(store: Store, period: Period, steps: list[Step]) -> int | None:
    """Count the work from the first step to the issue, the times left out when it was returned."""
    issue = next((step for step in steps if step.state == ISSUED), None)
    if issue is None or not period.holds(store.date(issue.time)):
        return None
    way = [(moment(store, step.time), step.state == RETURNED) for step in steps]
    spans = worktime.running(way[: steps.index(issue) + 1])
    return worktime.seconds(spans, store.region.hours(store.desk.office.kind))


def moment(store: Store, time: int) -> dt.datetime:
    """Give a time on the office's own clock."""
    zone = dt.timezone(dt.timedelta(minutes=store.region.offset_minutes))
    return dt.datetime.fromtimestamp(time / 1000, zone)
