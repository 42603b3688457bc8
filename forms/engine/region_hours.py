"""When a region's offices work: spans of each day of the week, and days on which all are closed.

[hours]
source = "..."                                where the hours are published, or
unconfirmed = true                            that nobody has confirmed them yet
holidays = [2026-12-25]                       days on which no office works
[hours.week]                                  every kind of office without hours of its own
senin = ["08:00-12:00", "13:00-15:00"]        a day that isn't named is a day off
[hours.kinds.puskesmas]                       a whole week of one kind of office
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

import msgspec

from forms.engine.judgement import OFFICE_KINDS
from forms.engine.source import Address, Source
from forms.engine.spec import Spec

DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-3]):([0-5][0-9])")

Span = tuple[dt.time, dt.time]
Week = Mapping[str, tuple[str, ...]]


class HoursSpec(Spec, frozen=True):
    """The hours of a region file."""

    source: str = ""
    unconfirmed: bool = False
    holidays: tuple[dt.date, ...] = ()
    week: dict[str, tuple[str, ...]] | None = None
    kinds: dict[str, dict[str, tuple[str, ...]]] = msgspec.field(default_factory=dict)


class Hours(msgspec.Struct, frozen=True):
    """The hours of one kind of office; `week` has seven days, Monday first."""

    week: tuple[tuple[Span, ...], ...]
    holidays: frozenset[dt.date] = frozenset()

    def spans(self, day: dt.date) -> tuple[Span, ...]:
        """List when the office works on a day, in order; nothing on a day off."""
        return () if day in self.holidays else self.week[day.weekday()]


# As kelurahan publish their hours: a region that says nothing else has these.
USUAL = Hours(
    (((dt.time(8), dt.time(12)), (dt.time(13), dt.time(15))),) * 5 + ((),) * 2,
)


def of_kind(spec: HoursSpec | None, kind: str) -> Hours:
    """Give the hours of a kind of office; the spec has been judged."""
    if spec is None:
        return USUAL
    week = spec.kinds.get(kind, spec.week)
    made = USUAL.week if week is None else tuple(_spans(week.get(day, ())) for day in DAYS)
    return Hours(made, frozenset(spec.holidays))


def judge(source: Source, spec: HoursSpec) -> None:
    """Note all that is wrong with the hours of a region file."""
    if not spec.source.strip() and not spec.unconfirmed:
        source.add("hours_source", ("hours",))
    for day, count in Counter(spec.holidays).items():
        if count > 1:
            source.add("hours_holiday", ("hours", "holidays"), day=day.isoformat())
    if spec.week is not None:
        _judge_week(source, spec.week, ("hours", "week"))
    for kind, week in spec.kinds.items():
        address = ("hours", "kinds", kind)
        if kind not in OFFICE_KINDS:
            source.add("office_kind", address, kind=kind)
        _judge_week(source, week, address)


def _judge_week(source: Source, week: Week, address: Address) -> None:
    if not any(week.values()):
        source.add("hours_none", address)
    for day, texts in week.items():
        where = (*address, day)
        if day not in DAYS:
            source.add("hours_day", where, day=day)
        spans = [span for text in texts if (span := _span(text)) is not None]
        for text in texts:
            if _span(text) is None:
                source.add("hours_span", where, span=text)
        for (_, closes), (opens, _) in pairwise(spans):
            if opens < closes:
                source.add("hours_overlap", where, day=day)
                break


def _spans(texts: tuple[str, ...]) -> tuple[Span, ...]:
    return tuple(span for text in texts if (span := _span(text)) is not None)


def _span(text: str) -> Span | None:
    """Read 08:00-12:00; None for anything else, and for a span that ends before it begins."""
    found = _SPAN.fullmatch(text)
    if found is None:
        return None
    opens, closes = dt.time(int(found[1]), int(found[2])), dt.time(int(found[3]), int(found[4]))
    return (opens, closes) if opens < closes else None
