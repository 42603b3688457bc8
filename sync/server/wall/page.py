"""Draws the live room: a picture in words and figures, the same for the first look and each later.

What is on the screen is drawn here alone; the script only puts new parts in place of old ones.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import msgspec

from forms.engine import written
from forms.engine.words import label, language, say, worded
from sync.server.city import City
from sync.server.wall.assets import Assets
from sync.server.wall.chart import chart_of
from sync.server.wall.picture import (
    Count,
    Devices,
    Index,
    Open,
    Picture,
    Shown,
    Times,
    index_text,
    largest,
)
from sync.server.wall.places import columns
from sync.server.wall.seats import COUNTS_MAX, OTHERS_MAX, seated
from sync.server.web.templates import environment

AREA = "live_room"
HOME = "/live"
EVERY_S = 5  # how often a screen asks for what is new
ATTENTION_MAX = 6
LINES_MAX = 4  # lines of a series that one tile has room for
GOOD, POOR = 90, 75  # per cent within the standard: as it should be, and far from it
DEVICES = "devices"


class Page:
    """The pages of one region's live room."""

    def __init__(self, city: City) -> None:
        self._region = city.region
        self._now = city.now
        self._zone = dt.timezone(dt.timedelta(minutes=city.region.offset_minutes))
        self.assets = Assets(city.region)
        self._templates = environment()
        self._templates.globals.update(
            word=_word, assets=self.assets.paths, home=HOME, tongue=language
        )

    @property
    def title(self) -> str:
        """Name the room: as the region calls it, else in words."""
        return self._region.live.title or say(f"{AREA}.title", region=self._region.name)

    def whole(self, picture: Picture, *, linked: bool) -> bytes:
        """Draw the page; `linked` where whoever looks may go on from a cell to its list."""
        return self._drawn(
            "live/wall.html", picture, linked=linked, title=self.title, region=self._region.name
        )

    def parts(self, picture: Picture, *, linked: bool) -> bytes:
        """Draw what changes."""
        return self._drawn("live/parts.html", picture, linked=linked)

    def closed(self) -> bytes:
        """Say how the page is opened."""
        template = self._templates.get_template("live/closed.html")
        return template.render(title=self.title).encode()

    def _drawn(self, name: str, picture: Picture, **more: Any) -> bytes:
        now = picture.now
        moment = dt.datetime.fromtimestamp(now / 1000, self._zone)
        counts, others = (
            seated([o for o in picture.tiles if isinstance(o.figures, Count) is counted], most, now)
            for counted, most in ((True, COUNTS_MAX), (False, OTHERS_MAX))
        )
        chart, labels = chart_of(counts, self._region.hours("kelurahan"), moment.hour)
        facts = {
            "now": now,
            "offset": self._region.offset_minutes,
            "state": _word("fresh"),
            "date": f"{_word('days').split()[moment.weekday()]}, {written.long_day(moment.date())}",
            "counts": [
                self._card(one, moment) | ({} if place else {"size": "lead"})
                for place, one in enumerate(counts)
            ],
            "states": [
                *(self._card(one, moment) for one in others),
                self._devices(picture.devices),
            ],
            "views": list(_views(picture)),
            "columns": columns(self._region.areas, picture),
            "chart": msgspec.json.encode(chart).decode(),
            "labels": labels,
            "usual": _word("usual") if chart["usual"] else "",
            "chart_says": say(f"{AREA}.chart_says", labels=", ".join(labels)),
            "attention": list(self._attention(picture)),
            "every": EVERY_S,
            "midnight": written.clock(dt.time()),
        }
        return self._templates.get_template(name).render(**facts, **more).encode()

    def _card(self, shown: Shown, moment: dt.datetime) -> dict[str, Any]:
        spec, made = shown.tile.spec, shown.figures
        card = _card(
            f"tile-{shown.tile.name.replace('/', '-')}", worded(spec.label), worded(spec.means)
        )
        if isinstance(made, Count):
            card |= _count_card(made, moment.hour)
        elif isinstance(made, Times):
            card |= _time_card(made)
        elif isinstance(made, Open):
            card |= _open_card(made)
        elif isinstance(made, Index):
            card |= _index_card(made)
        else:
            card |= _series_card(made, worded(spec.unit))
        return card | {"changed": self._changed(shown.changed)}

    def _devices(self, devices: Devices) -> dict[str, Any]:
        lines = [_line("", say(f"{AREA}.devices_of", count=_figure(devices.count)))]
        return _card(f"tile-{DEVICES}", _word("devices"), _word("devices_means")) | {
            "figure": _figure(devices.silent),
            "lines": lines,
            "tone": "bad" if devices.silent else "good",
            "changed": self._changed(devices.last),
        }

    def _attention(self, picture: Picture) -> Iterator[dict[str, str]]:
        """Name the areas that somebody should call, the most pressing first."""
        found: list[tuple[int, str, str, str]] = []
        for shown in picture.tiles:
            if isinstance(shown.figures, Open):
                says = _word("late_says")
                found += [
                    (count, area, says, "late")
                    for area, count in largest(shown.figures.late, ATTENTION_MAX)
                ]
        found.sort(key=lambda one: (-one[0], one[1]))
        silent = sorted(picture.devices.by_area.items(), key=lambda one: (-one[1], one[0]))
        room = ATTENTION_MAX - min(len(silent), ATTENTION_MAX // 2)
        says = _word("silent_says")
        found = found[:room] + [(count, area, says, "silent") for area, count in silent]
        for count, area, says, tone in found[:ATTENTION_MAX]:
            name = self._region.areas.area(area).name if self._region.areas.knows(area) else area
            yield {"figure": _figure(count), "name": name, "says": says, "tone": tone}

    def _changed(self, moment: int) -> str:
        return self._clock(moment) if moment else ""

    def _clock(self, moment: int) -> str:
        """Write a time of today by the clock alone, and one of another day with its day."""
        at = dt.datetime.fromtimestamp(moment / 1000, self._zone)
        now = dt.datetime.fromtimestamp(self._now() / 1000, self._zone)
        clock = written.clock(at)
        return clock if at.date() == now.date() else f"{at:%d/%m} {clock}"


def _views(picture: Picture) -> Iterator[dict[str, str]]:
    """List what the map can show, one after another; where there is nothing it shows nothing."""
    for shown in picture.tiles:
        made, name = shown.figures, worded(shown.tile.spec.label)
        if isinstance(made, Count) and made.areas.total != 0:
            says = say(f"{AREA}.count_map", label=name)
            yield {"id": shown.tile.name, "label": name, "says": says}
        elif isinstance(made, Times) and made.areas:
            yield {"id": shown.tile.name, "label": name, "says": _word("time_map")}
        elif isinstance(made, Open) and made.late.total != 0:
            late = say(f"{AREA}.late_view", label=name)
            says = say(f"{AREA}.late_map", label=name)
            yield {"id": shown.tile.name, "label": late, "says": says}
    yield {"id": DEVICES, "label": _word("devices"), "says": _word("devices_map")}


def _card(name: str, title: str, means: str) -> dict[str, Any]:
    """Begin a tile: every one has all of these."""
    return {
        "id": name,
        "label": title,
        "means": means,
        "figure": _word("hidden"),
        "unit": "",
        "lines": [],
        "size": "",
        "tone": "",
        "bar": None,
        "bar_says": "",
        "changed": "",
    }


def _count_card(made: Count, hour: int) -> dict[str, Any]:
    usual = sum(count for at, count in made.usual.items() if at <= hour)
    lines = [_line(_figure(usual), _word("usual"))] if usual else []
    return {"figure": _figure(made.areas.total), "lines": lines}


def _time_card(made: Times) -> dict[str, Any]:
    if made.median is None:
        return {"lines": [_line("", _word("few"))]}
    lines = [_line("", _word("median_says")), _line(_figure(made.nine_in_ten), _word("nine_says"))]
    card: dict[str, Any] = {
        "figure": _figure(made.median),
        "unit": _word("minutes_unit"),
        "size": "tall",
    }
    if made.within is not None:
        says = _word("within_says")
        lines.append(_line(str(made.within), says))
        card |= {"bar": made.within, "bar_says": f"{made.within}{says}", "tone": _kept(made.within)}
    return card | {"lines": lines}


def _kept(within: int) -> str:
    return "good" if within >= GOOD else "" if within >= POOR else "bad"


def _open_card(made: Open) -> dict[str, Any]:
    late = made.late.total
    line = _line("", _word("late_none"), "good")
    if late != 0:
        line = _line(_figure(late), _word("late_says"), "bad")
    return {"figure": _figure(made.total), "lines": [line], "tone": "bad" if late else ""}


def _index_card(made: Index) -> dict[str, Any]:
    if made.value is None:
        return {"lines": [_line("", _word("few"))]}
    lines = [_line(_figure(made.count), _word("respondents"))]
    return {"figure": index_text(made.value), "unit": _word("index_unit"), "lines": lines}


def _series_card(lines: dict[str, int], unit: str) -> dict[str, Any]:
    listed = sorted(lines.items())[:LINES_MAX]
    return {
        "figure": _figure(len(lines)),
        "unit": unit,
        "lines": [_line(_figure(value), item) for item, value in listed],
    }


def _line(figure: str, text: str, tone: str = "") -> dict[str, str]:
    return {"figure": figure, "text": text, "tone": tone}


def _figure(count: int | None) -> str:
    """Write a count with points between thousands; one that can't be shown as its mark."""
    return _word("hidden") if count is None else written.grouped(count)


def _word(name: str) -> str:
    return label(AREA, name)
