"""What the live room shows at one moment: read from the counters alone, suppressed, in figures.

Whoever stands before the screen sees sums of areas, hours and classes; no record can be reached
from here, and what is `hidden` in a row has no figure here (sync.server.wall.suppression).
"""

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, case, func, or_, select

from forms.engine import written
from forms.engine.form import Tile
from sync.server import live, tables
from sync.server.city import City
from sync.server.live_shares import INDEX_PARTS
from sync.server.live_tables import live_cell, live_change
from sync.server.wall.suppression import LEAST, Row, is_small, publish

WEEKS = 4  # what is usual at an hour: the mean of so many same days of the week before
WEEKS_LEAST = 3  # from fewer, one day's small figure could be reckoned back
WEEK_DAYS = 7
DAY_HOURS = 24


class Count(msgspec.Struct, frozen=True):
    """Acts of today by area and hour; `usual` by hour, empty while not enough weeks are known."""

    areas: Row
    hours: Row
    usual: dict[int, int]


class Times(msgspec.Struct, frozen=True):
    """Working times of today: upper ends of classes in minutes, `within` in per cent.

    All None with fewer than five; `areas` has the medians of areas with as many.
    """

    median: int | None
    nine_in_ten: int | None
    within: int | None
    count: int | None
    areas: dict[str, int]


class Open(msgspec.Struct, frozen=True):
    """What is open now, and of that what is late, by area; None for what can't be shown."""

    total: int | None
    late: Row


class Index(msgspec.Struct, frozen=True):
    """A mean of today's answers in hundredths of a per cent; None with fewer than five."""

    value: int | None
    count: int | None


class Shown(msgspec.Struct, frozen=True):
    """One tile as it is shown; `changed` is ms, 0 while nothing was ever counted."""

    tile: Tile
    changed: int
    figures: Count | Times | Open | Index | dict[str, int]


class Devices(msgspec.Struct, frozen=True):
    """The laptops that may speak: how many there are, and which areas have silent ones."""

    count: int
    silent: int
    by_area: dict[str, int]
    last: int


class Picture(msgspec.Struct, frozen=True):
    """Everything on the screen; `present` are the areas that have an office."""

    now: int
    revision: int
    tiles: tuple[Shown, ...]
    devices: Devices
    present: frozenset[str]


def take(city: City) -> Picture:
    """Take the picture of this moment, in one reading transaction."""
    with city.database.read() as connection:
        return _Taking(connection, city).picture()


def tiles(city: City) -> tuple[Tile, ...]:
    """List the tiles of what this region offers, as its file orders them."""
    found: dict[str, Tile] = {}
    for form in city.catalogue.forms.values():
        if city.region.offers(form.code):
            found |= {tile.name: tile for tile in form.tiles}
    first = [found[name] for name in city.region.live.order if name in found]
    return tuple(dict.fromkeys((*first, *found.values())))


class _Taking:
    """One picture under way."""

    def __init__(self, connection: Connection, city: City) -> None:
        self._connection = connection
        self._city = city
        self._now = city.now()
        zone = dt.timezone(dt.timedelta(minutes=city.region.offset_minutes))
        self._moment = dt.datetime.fromtimestamp(self._now / 1000, zone)
        table = tables.office
        rows = connection.execute(
            select(table.c.id, table.c.area).where(table.c.region == city.code)
        )
        self._areas: dict[bytes, str] = {row.id: row.area for row in rows}

    def picture(self) -> Picture:
        table = live_change
        rows = self._connection.execute(
            select(table.c.measure, table.c.changed).where(table.c.region == self._city.code)
        )
        changed = {row.measure: row.changed for row in rows}
        makers: dict[str, Any] = {
            "count": self._count,
            "time": self._times,
            "open": self._open,
            "index": self._index,
            "series": self._series,
        }
        shown = tuple(
            Shown(tile, changed.get(tile.name, 0), makers[tile.spec.kind](tile.name))
            for tile in tiles(self._city)
        )
        return Picture(
            self._now,
            live.revision(self._connection, self._city),
            shown,
            self._devices(),
            frozenset(self._areas.values()),
        )

    @property
    def _today(self) -> str:
        return self._moment.date().isoformat()

    def _count(self, measure: str) -> Count:
        areas, hours = Counter[str](), Counter[str]()
        for row in self._rows(measure):
            areas[self._areas.get(row.office, "")] += row.count
            hours[f"{row.hour:02}"] += row.count
        whole = dict.fromkeys(map("{:02}".format, range(DAY_HOURS)), 0) | hours
        by_area, by_hour = publish(dict.fromkeys(self._areas.values(), 0) | areas, whole)
        return Count(by_area, by_hour, self._usual(measure))

    def _usual(self, measure: str) -> dict[int, int]:
        """Give the mean of each hour on the same days of the weeks before."""
        days = [
            (self._moment.date() - dt.timedelta(weeks=week)).isoformat()
            for week in range(1, WEEKS + 1)
        ]
        cell = live_cell.c
        rows = self._connection.execute(
            select(cell.day, cell.hour, func.sum(cell.count).label("counted"))
            .where(cell.region == self._city.code, cell.measure == measure, cell.day.in_(days))
            .group_by(cell.day, cell.hour)
        ).all()
        known = {row.day for row in rows}
        if len(known) < WEEKS_LEAST:
            return {}
        sums: Counter[int] = Counter()
        for row in rows:
            sums[row.hour] += int(row.counted)
        return {
            hour: round(sums[hour] / len(known)) for hour in sorted(sums) if sums[hour] >= LEAST
        }

    def _times(self, measure: str) -> Times:
        by_area: dict[str, Counter[str]] = defaultdict(Counter)
        for row in self._rows(measure):
            by_area[self._areas.get(row.office, "")][row.item] += row.count
        every = sum(by_area.values(), Counter[str]())
        areas = {
            area: _quantile(classes, 0.5)
            for area, classes in sorted(by_area.items())
            if classes.total() >= LEAST
        }
        if every.total() < LEAST:
            return Times(None, None, None, None, areas)
        kept = sum(count for item, count in every.items() if item.endswith("+"))
        bound = kept + sum(count for item, count in every.items() if item.endswith("-"))
        within = round(100 * kept / bound) if bound >= LEAST else None
        return Times(_quantile(every, 0.5), _quantile(every, 0.9), within, every.total(), areas)

    def _open(self, measure: str) -> Open:
        cell = live_cell.c
        today, hour = self._today, self._moment.hour
        is_late = or_(cell.day < today, and_(cell.day == today, cell.hour < hour))
        rows = self._connection.execute(
            select(
                cell.office,
                func.sum(cell.count).label("every"),
                func.sum(case((is_late, cell.count), else_=0)).label("late"),
            )
            .where(cell.region == self._city.code, cell.measure == measure)
            .group_by(cell.office)
        )
        every, late = 0, Counter[str](dict.fromkeys(self._areas.values(), 0))
        for row in rows:
            every += int(row.every)
            late[self._areas.get(row.office, "")] += int(row.late)
        [by_area] = publish(late)
        # What is not late is a part of the total too, and must not be reckoned from the others.
        parts = (late.total(), every - late.total())
        told = by_area.total is not None and not any(map(is_small, parts))
        return Open(every if told or not every else None, by_area)

    def _index(self, measure: str) -> Index:
        rows = self._rows(measure)
        count = sum(row.count for row in rows)
        if count < LEAST:
            return Index(None, None)
        return Index(round(sum(row.total for row in rows) / count), count)

    def _series(self, measure: str) -> dict[str, int]:
        """Give each line's mean: of the goods of a market, not of people; nothing is hidden."""
        counts, totals = Counter[str](), Counter[str]()
        for row in self._rows(measure):
            counts[row.item] += row.count
            totals[row.item] += row.total
        return {item: round(totals[item] / counts[item]) for item in sorted(counts)}

    def _rows(self, measure: str) -> list[Any]:
        cell = live_cell.c
        return list(
            self._connection.execute(
                select(cell.office, cell.hour, cell.item, cell.count, cell.total).where(
                    cell.region == self._city.code,
                    cell.measure == measure,
                    cell.day == self._today,
                )
            )
        )

    def _working_day_ago(self) -> int:
        """Give the time in ms a day ago, days off left out: on Sundays nobody needs to speak."""
        since, hours = self._moment - dt.timedelta(days=1), self._city.region.hours("kelurahan")
        for _ in range(WEEK_DAYS):
            if hours.spans(since.date()):
                break
            since -= dt.timedelta(days=1)
        return int(since.timestamp() * 1000)

    def _devices(self) -> Devices:
        table = tables.device
        rows = self._connection.execute(
            select(table.c.office, table.c.seen, table.c.enrolled).where(
                table.c.region == self._city.code, table.c.revoked == 0
            )
        ).all()
        silent, since = Counter[str](), self._working_day_ago()
        for row in rows:
            if max(row.seen, row.enrolled) < since:
                silent[self._areas.get(row.office, "")] += 1
        last = max((row.seen for row in rows), default=0)
        return Devices(len(rows), silent.total(), dict(silent), last)


def _quantile(classes: Mapping[str, int], share: float) -> int:
    """Give the class in which a share of all lies: the nearest rank, as its upper end."""
    ordered = sorted((int(item.rstrip("+-")), count) for item, count in classes.items())
    left = share * sum(classes.values())
    for bound, count in ordered:
        left -= count
        if left <= 0:
            return bound
    return ordered[-1][0]


def index_text(value: int) -> str:
    """Write an index as it is published: 8246 is 82,46."""
    return written.decimal(f"{100 * value / INDEX_PARTS:.2f}")


def largest(row: Row, most: int) -> list[tuple[str, int]]:
    """List the largest figures of a row that are shown, the largest first."""
    found: Iterable[tuple[str, int]] = ((key, n) for key, n in row.shown.items() if n)
    return sorted(found, key=lambda one: (-one[1], one[0]))[:most]
