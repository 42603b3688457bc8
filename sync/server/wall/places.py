"""The map of the live room: the kelurahan as cells, grouped by what they lie in."""

from typing import Any

from forms.engine import written
from forms.engine.areas import Area, Areas
from forms.engine.words import label
from sync.server.wall.picture import Count, Open, Picture, Times

CELLS_MAX = 400  # that a screen has room for; a larger region's other areas stand in lists alone
SHADES = 5
COLUMNS = 4
BESIDE = 4  # cells in a row of a group
ROWS_MAX = 8  # whose weight the style knows; more are as high as these together
WORD_MAX = 8  # letters that a cell has room for; a longer word is written smaller
HEAD = 0.5  # rows that a group's name is worth
DEVICES = "devices"
NOBODY = "–"


def columns(areas: Areas, picture: Picture) -> list[list[dict[str, Any]]]:
    """Lay the groups out in columns of about one length, in their order."""
    made = _groups(areas, picture)
    weights = [group["rows"] + HEAD for group in made]
    # The least height in which they all find room.
    height = min((h for h in _heights(weights) if len(_filled(made, h)) <= COLUMNS), default=0)
    return _filled(made, height)


def _heights(weights: list[float]) -> set[float]:
    """List the heights that a column of neighbours can have, no less than the highest group's."""
    count = len(weights)
    sums = {sum(weights[i : j + 1]) for i in range(count) for j in range(i, count)}
    return {height for height in sums if height >= max(weights)}


def _filled(groups: list[dict[str, Any]], height: float) -> list[list[dict[str, Any]]]:
    columns: list[list[dict[str, Any]]] = []
    room = 0.0
    for group in groups:
        room -= group["rows"] + HEAD
        if room < 0 or not columns:
            columns.append([])
            room = height - group["rows"] - HEAD
        columns[-1].append(group)
    return columns


def _groups(areas: Areas, picture: Picture) -> list[dict[str, Any]]:
    """Make the groups, each area with its figure for every view."""
    made, left = [], CELLS_MAX
    views = _views(picture)
    for group in areas:
        inside = areas.children(group.code) if group.level == "kecamatan" else ()
        if not inside or left <= 0 or not _stands_in(group, picture):
            continue
        cells = [_cell(area, views, picture) for area in inside[:left]]
        if group.code in picture.present:  # the kecamatan's own office
            cells.insert(0, _cell(group, views, picture))
        left -= len(cells)
        rows = min(ROWS_MAX, -(-len(cells) // BESIDE))
        made.append(
            {"name": group.name, "cells": cells, "rows": rows, "id": group.code.replace(".", "-")}
        )
    return made


def _stands_in(group: Area, picture: Picture) -> bool:
    """Tell whether the region that runs this server has any office of this city."""
    city = group.code.rpartition(".")[0]
    return any(area == city or area.startswith(f"{city}.") for area in picture.present)


def _cell(area: Area, views: list[dict[str, Any]], picture: Picture) -> dict[str, Any]:
    here = area.code in picture.present
    return {
        "id": area.code.replace(".", "-"),
        "name": area.name,
        "long": max(map(len, area.name.split())) > WORD_MAX,
        "here": here,
        "path": f"/admin/live/{area.code}",
        "views": [_value(view, area.code, here=here) for view in views],
    }


def _value(view: dict[str, Any], code: str, *, here: bool) -> dict[str, str]:
    if not here:
        return {"view": view["id"], "text": NOBODY, "tone": "none"}
    if code in view["hidden"]:
        return {"view": view["id"], "text": label("live_room", "hidden"), "tone": "few"}
    count = view["shown"].get(code)
    if count is None:
        return {"view": view["id"], "text": label("live_room", "hidden"), "tone": "few"}
    tone = f"{view['tone']}{_shade(count, view['most'])}"
    return {"view": view["id"], "text": written.grouped(count), "tone": tone}


def _shade(count: int, most: int) -> int:
    """Give 0 for nothing and 1 to SHADES for the rest."""
    return 0 if not count else max(1, -(-count * SHADES // most))


def _views(picture: Picture) -> list[dict[str, Any]]:
    found = []
    for shown in picture.tiles:
        made, name = shown.figures, shown.tile.name
        if isinstance(made, Count):
            found.append(_view(name, "s", made.areas.shown, made.areas.hidden))
        elif isinstance(made, Times):
            found.append(_view(name, "w", made.areas))
        elif isinstance(made, Open):
            found.append(_view(name, "d", made.late.shown, made.late.hidden))
    silent = dict.fromkeys(picture.present, 0) | picture.devices.by_area
    return [*found, _view(DEVICES, "d", silent)]


def _view(
    name: str, tone: str, shown: dict[str, int], hidden: frozenset[str] = frozenset()
) -> dict[str, Any]:
    most = max(shown.values(), default=0)
    return {"id": name, "tone": tone, "shown": shown, "hidden": hidden, "most": most}
