"""Citizens' complaints of a period: the register, each with its way and its answer, and figures.

Late is what was not passed on, answered or told by its day: the three dates of the form, compared
with the day on which it was done, or with today where it is still to do.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from forms.engine.form import Form
from forms.engine.kinds.choice import options
from forms.engine.words import label, say
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.registers import course
from sync.store.registers.course import Step
from sync.store.registers.table import Column, Period, Row, Table, day
from sync.store.statements import Connection

SERVICE = "aspirations/complaint"
_AT_ONCE = 1_000  # records at once: bounds memory
_VOID = "void"
_SENT = frozenset({"forwarded", "at_lapor"})
_REPLIED, _TOLD = "replied", "told"
# A date of the form, and the states by any of which it is kept.
_DUE = (
    ("batas_terusan", frozenset({*_SENT, _REPLIED, "refused"})),
    ("batas_jawaban", frozenset({_REPLIED, "refused"})),
    ("batas_tutup", frozenset({_TOLD, "refused"})),
)
_LISTED = (
    Column("no", 9, "number"),
    Column("received", 19, "date"),
    Column("complaint_kind", 26),
    Column("complaint_about", 28),
    Column("complaint_title", 48),
    Column("complaint_to", 24),
    Column("state", 28),
    Column("answer_by", 19, "date"),
    Column("complaint_answer", 54),
    Column("note", 24),
)
_COUNTS = ("received", "sent", "replied", "told", "refused", "open", "late")
_FIGURES = (
    Column("complaint_about", 60),
    *(Column(f"complaints_{name}", 24, "number") for name in _COUNTS),
)


class _One(msgspec.Struct, frozen=True):
    case: Case
    steps: list[Step]
    received: dt.date


def tables(store: Store, conn: Connection, period: Period) -> tuple[Table, ...]:
    """Make the register of what was received in a period, and its figures by category."""
    form = store.catalogue.form(SERVICE)
    found = list(_found(store, conn, period))
    return (
        Table(
            say("register.complaints_listed"),
            _LISTED,
            [_row(store, form, n, one) for n, one in enumerate(found, 1)],
        ),
        Table(say("register.by_category"), _FIGURES, _figures(store, form, found)),
    )


def _found(store: Store, conn: Connection, period: Period) -> Iterator[_One]:
    rows = conn.exec_driver_sql("SELECT plain FROM record WHERE service = ? ORDER BY n", (SERVICE,))
    for part in rows.partitions(_AT_ONCE):
        days = {}
        for case in (decode(row.plain) for row in part):
            received = day(case.answers.get("tanggal")) or store.date(case.began)
            if period.holds(received):
                days[case.id] = (case, received)
        for name, steps in course.steps(conn, list(days)):
            yield _One(days[name][0], steps, days[name][1])


def _row(store: Store, form: Form, number: int, one: _One) -> Row:
    case, answers = one.case, one.case.answers
    said = [step.reason for step in one.steps if step.state == _REPLIED]
    marks = ["void"] if case.state == _VOID else ["overdue"] if _is_late(store, one) else []
    cells = (
        number,
        one.received,
        _choice(form, "jenis", answers.get("jenis")),
        _choice(form, "kategori", answers.get("kategori")),
        str(answers.get("judul") or ""),
        str(answers.get("kode_tujuan") or ""),
        label("state", case.state),
        day(answers.get("batas_jawaban")),
        said[-1] if said else "",
        say("mark_of_line.overdue") if marks == ["overdue"] else "",
    )
    return Row(cells, case.id, tuple(marks))  # type: ignore[arg-type] # of Mark, as written above


def _figures(store: Store, form: Form, found: Sequence[_One]) -> list[Row]:
    sums: dict[str, Counter[str]] = {}
    for one in found:
        if one.case.state != _VOID:
            name = _choice(form, "kategori", one.case.answers.get("kategori"))
            sums.setdefault(name, Counter()).update(_counts(store, one))
    rows = [Row((name, *_counted(sums[name]))) for name in sorted(sums)]
    total: Counter[str] = Counter()
    for some in sums.values():
        total.update(some)
    return [*rows, Row((label("column", "total"), *_counted(total)), strong=True)]


def _counts(store: Store, one: _One) -> Counter[str]:
    been = {step.state for step in one.steps}
    closed = store.catalogue.form(SERVICE).machine.closed
    return Counter(
        received=1,
        sent=int(not been.isdisjoint(_SENT)),
        replied=int(_REPLIED in been),
        told=int(one.case.state == _TOLD),
        refused=int(one.case.state == "refused"),
        open=int(one.case.state not in closed),
        late=int(_is_late(store, one)),
    )


def _counted(sums: Counter[str]) -> tuple[int, ...]:
    return tuple(sums[name] for name in _COUNTS)


def _is_late(store: Store, one: _One) -> bool:
    """Tell whether any of its days passed before the first step that keeps it."""
    if one.case.state == _VOID:
        return False
    today = store.day().date
    for key, keeping in _DUE:
        last = day(one.case.answers.get(key))
        done = [store.date(step.time) for step in one.steps if step.state in keeping]
        if last is not None and (done[0] if done else today) > last:
            return True
    return False


def _choice(form: Form, key: str, value: object) -> str:
    return next((one.label for one in options(form.fields[key]) if one.value == value), "")
