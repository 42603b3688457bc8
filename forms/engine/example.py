"""Fills the tokens of an examples file, so that an example is valid in any office on any day.

{area}        the office's own dotted code
{kelurahan}   it or the first kelurahan in it
{prefix}      the six digits with which a NIK of its kecamatan begins
{today}       the day; {today-30} thirty days before, {today+1} the day after
"""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from forms.engine.answers import Scene

_TOKEN = re.compile(r"\{(area|kelurahan|prefix|today)(?:([+-][0-9]{1,5}))?\}")


def fill(answers: Mapping[str, Any], scene: Scene) -> dict[str, Any]:
    """Give the answers of a case with every token replaced."""
    return {key: _filled(value, scene) for key, value in answers.items()}


def _filled(value: Any, scene: Scene) -> Any:
    if isinstance(value, str):
        return _TOKEN.sub(lambda token: _text(token[1], token[2], scene), value)
    if isinstance(value, list):
        return [_filled(entry, scene) for entry in value]
    if isinstance(value, dict):
        return {key: _filled(entry, scene) for key, entry in value.items()}
    return value


def _text(name: str, days: str | None, scene: Scene) -> str:
    if name == "today":
        return (scene.today + dt.timedelta(days=int(days or 0))).isoformat()
    if name == "area":
        return scene.area
    kelurahan = scene.areas.first(scene.area, "kelurahan") or scene.area
    if name == "kelurahan":
        return kelurahan
    return "".join(kelurahan.split(".")[:3]).ljust(6, "0")
