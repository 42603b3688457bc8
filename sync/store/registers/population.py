"""The report on residents: who lives here, by age, place and what else is known, and the change."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from forms.engine import written
from forms.engine.form import Form
from forms.engine.kinds.choice import options
from forms.engine.words import label, say
from sync.store.handle import Store
from sync.store.registers.chart import chart
from sync.store.registers.people import SERVICE, People
from sync.store.registers.table import Cell, Column, Row, Table

SEXES = ("L", "P")
AGE_STEP = 5
AGE_LAST = 75  # and older
CARD_AGE = 17  # from which a person is to have an identity card; who was married has one earlier
_LONG_LIST = 20  # choices; in a longer list only those that somebody has are shown, most first
_HERE = ("1",)  # citizens of the country; what isn't known stands in a column of its own
_FLOW = ("before", "born", "came", "deceased", "moved", "after")
_SIGN = {"before": 1, "born": 1, "came": 1, "deceased": -1, "moved": -1}
_NO = Column("no", 9, "number")
_RW, _RT = 2, 3  # how much of (area, RW, RT) names a place


def tables(store: Store, people: People) -> tuple[Table, ...]:
    """Make the report's tables."""
    form = store.catalogue.form(SERVICE)
    figures = _Figures(people.sexes)
    return (
        _summary(people),
        _flow(people),
        _ages(people, figures),
        *_places(store, people, figures),
        *(_kind(form, key, held, figures) for key, held in people.kinds.items() if _said(held)),
    )


class _Figures:
    """How people are told in a row: men, women, all, and their share of everybody."""

    def __init__(self, sexes: Counter[str]) -> None:
        self._whole = sexes.total()
        self._keys = (*SEXES, *sorted(sexes.keys() - set(SEXES)))
        self.columns = (
            *(Column(_sex(key), 24, "count") for key in self._keys),
            Column("people", 24, "count"),
            Column("share", 22, "share"),
        )

    def of(self, sums: Mapping[str, int]) -> tuple[Cell, ...]:
        """Give the cells of a row."""
        total = sum(sums.values())
        return (*(sums.get(key, 0) for key in self._keys), total, _share(total, self._whole))

    def total(self, rows: Sequence[Counter[str]], *names: Cell) -> Row:
        """Give the row below all others."""
        sums: Counter[str] = Counter()
        for one in rows:
            sums.update(one)
        return Row((*names, *self.of(sums)), strong=True)


def _summary(people: People) -> Table:
    sexes = people.sexes
    whole, homes, day = sexes.total(), len(people.homes), people.day.isoformat()
    due = sum(count for (_, born), count in people.births.items() if _of_age(born, day))
    due += sum(
        count for (_, born), count in people.married.items() if born and not _of_age(born, day)
    )
    told = [
        ("people", whole),
        *((_sex(key), count) for key, count in sorted(sexes.items())),
        ("homes", homes),
        ("card_due", due),
    ]
    rows = [Row((label("column", key), count)) for key, count in told]
    if homes:
        members = sum(people.places.values()) / homes
        rows.append(Row((label("column", "per_home"), round(members, 1))))
    columns = (Column("what", 80), Column("people", 30, "count"))
    return Table(say("register.population", date=written.day(people.day)), columns, rows)


def _flow(people: People) -> Table:
    """Say who was there, came, left and is there, by citizenship and sex as the office reports."""
    keys = sorted({_column(nation, sex) for _, nation, sex in people.flow})
    shown = [key for key in _FLOW_COLUMNS if key in keys or key in _FLOW_COLUMNS[:4]]
    sums = {name: Counter[str]() for name in _FLOW}
    for (what, nation, sex), count in people.flow.items():
        key = _column(nation, sex)
        sums[what][key] += count
        sums["after"][key] += _SIGN[what] * count
    rows = [
        Row(
            (number, label("flow", name), *(sums[name][key] for key in shown), sums[name].total()),
            strong=name in {"before", "after"},
        )
        for number, name in enumerate(_FLOW, 1)
    ]
    columns = (
        _NO,
        Column("flow", 60),
        *(Column(key, 24, "count") for key in shown),
        Column("people", 24, "count"),
    )
    return Table(say("register.flow"), columns, rows)


_FLOW_COLUMNS = ("citizen_l", "citizen_p", "foreign_l", "foreign_p", "citizen_unsaid")


def _column(nation: str, sex: str) -> str:
    if sex not in SEXES or not nation:
        return "citizen_unsaid"
    return f"{'citizen' if nation in _HERE else 'foreign'}_{sex.lower()}"


def _ages(people: People, figures: _Figures) -> Table:
    groups: list[Counter[str]] = [Counter() for _ in range(0, AGE_LAST + 1, AGE_STEP)]
    unsaid: Counter[str] = Counter()
    day = people.day.isoformat()
    for (sex, born), count in people.births.items():
        age = _age(born, day)
        group = unsaid if age is None else groups[min(age, AGE_LAST) // AGE_STEP]
        group[sex] += count
    names = [_group(at * AGE_STEP) for at in range(len(groups))]
    rows = [Row((name, *figures.of(sums))) for name, sums in zip(names, groups, strict=True)]
    if unsaid:
        rows.append(Row((label("column", "unsaid"), *figures.of(unsaid))))
    rows.append(figures.total([*groups, unsaid], label("column", "total")))
    sides = [[sums[sex] for sums in groups] for sex in SEXES]
    drawn = chart(
        "pyramid", [label("column", _sex(sex)) for sex in SEXES], names, sides, label=0, start=1
    )
    return Table(say("register.by_age"), (Column("age", 50), *figures.columns), rows, drawn)


def _places(store: Store, people: People, figures: _Figures) -> Iterator[Table]:
    """Count by RW, and by RT; where several areas are held, each area's apart."""
    sums: dict[tuple[str, str, str], Counter[str]] = {}
    for (area, rw, rt, sex), count in people.places.items():
        sums.setdefault((area, rw, rt), Counter())[sex] += count
    homes = Counter((area, rw, rt) for area, rw, rt, _ in people.homes)
    many = len({area for area, _, _ in sums}) > 1
    areas = (Column("area", 50),) if many else ()
    for name, depth, heads in (
        ("register.by_rw", _RW, (Column("rw", 22),)),
        ("register.by_rt", _RT, (Column("rw", 22), Column("rt", 22))),
    ):
        held: dict[tuple[str, ...], Counter[str]] = {}
        lived: Counter[tuple[str, ...]] = Counter()
        for place, found in sums.items():
            held.setdefault(place[:depth], Counter()).update(found)
            lived[place[:depth]] += homes[place]
        order = sorted(held)
        rows = [
            Row((*_named(store, place, many=many), lived[place], *figures.of(held[place])))
            for place in order
        ]
        blanks = (None,) * (len(areas) + len(heads) - 1)
        total = (label("column", "total"), *blanks, lived.total())
        rows.append(figures.total(list(held.values()), *total))
        start = len(areas) + len(heads) + 1 + len(figures.columns) - 2
        names = [" / ".join(_named(store, place, many=many)) for place in order]
        counts = [held[place].total() for place in order]
        what = [label("column", "people")]
        last = len(areas) + len(heads) - 1
        drawn = chart("bars", what, names, [counts], label=last, start=start)
        columns = (*areas, *heads, Column("homes", 24, "count"), *figures.columns)
        yield Table(say(name), columns, rows, drawn if depth == _RW else None)


def _named(store: Store, place: tuple[str, ...], *, many: bool) -> tuple[str, ...]:
    area, *near = place
    names = tuple(name or label("column", "unsaid") for name in near)
    if not many:
        return names
    areas = store.region.areas
    return (areas.area(area).name if areas.knows(area) else area, *names)


def _said(held: Counter[tuple[str, str]]) -> bool:
    """Tell whether anybody's answer is known."""
    return any(value for _, value in held)


def _kind(form: Form, key: str, held: Counter[tuple[str, str]], figures: _Figures) -> Table:
    sums: dict[str, Counter[str]] = {}
    for (sex, value), count in held.items():
        sums.setdefault(value, Counter())[sex] += count
    listed = {choice.value: choice.label for choice in options(form.fields[key])}
    order = [value for value in listed if value in sums or len(listed) <= _LONG_LIST]
    if len(listed) > _LONG_LIST:
        order.sort(key=lambda value: -sums[value].total())
    order += sorted(value for value in sums if value and value not in listed)
    named = [(listed.get(value, value), sums.get(value, Counter())) for value in order]
    if "" in sums:
        named.append((label("column", "unsaid"), sums[""]))
    rows = [Row((at, name, *figures.of(one))) for at, (name, one) in enumerate(named, 1)]
    rows.append(figures.total([one for _, one in named], None, label("column", "total")))
    names, counts = [name for name, _ in named], [one.total() for _, one in named]
    start = 2 + len(figures.columns) - 2
    drawn = chart("bars", [label("column", "people")], names, [counts], label=1, start=start)
    title = form.fields[key].label
    return Table(title, (_NO, Column("choice", 80), *figures.columns), rows, drawn)


def _sex(key: str) -> str:
    return {"L": "men", "P": "women"}.get(key, "unsaid")


def _age(born: str, day: str) -> int | None:
    """Give the age in whole years on an ISO date of somebody born on another."""
    if not born:
        return None
    age = int(day[:4]) - int(born[:4]) - (born[5:] > day[5:])
    return max(age, 0)


def _of_age(born: str, day: str) -> bool:
    age = _age(born, day)
    return age is not None and age >= CARD_AGE


def _group(first: int) -> str:
    if first == AGE_LAST:
        return say("register.age_last", first=first)
    return say("register.ages", first=first, last=first + AGE_STEP - 1)


def _share(part: int, whole: int) -> float:
    return round(100 * part / whole, 1) if whole else 0.0
