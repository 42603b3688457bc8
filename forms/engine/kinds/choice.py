"""Answers that are chosen: choice, choices, region."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from forms.engine import codes
from forms.engine.answers import Scene, Value
from forms.engine.areas import LEVELS, SHAPE
from forms.engine.codes import Choice
from forms.engine.kinds.reading import Reader, Wrong
from forms.engine.spec import Field
from forms.engine.words import worded

_BETWEEN = ";"  # Between the labels of several choices; the codes' labels hold commas.


def options(field: Field) -> tuple[Choice, ...]:
    """List what may be chosen in a field, in order."""
    return codes.values(field.choices) if isinstance(field.choices, str) else field.choices


@lru_cache
def _finder(choices: tuple[Choice, ...]) -> Mapping[str, str]:
    """Map every value and, where no value looks like it, every label to its value."""
    by_text = {option.value: option.value for option in choices}
    for option in choices:
        by_text.setdefault(codes.plain(option.label), option.value)
    return by_text


def read_choice(field: Field) -> Reader:
    """Read one value or its label."""
    by_text = _finder(options(field))

    def read(raw: Any, _scene: Scene) -> str:
        found = by_text.get(raw) if type(raw) is str else None
        if found is None and type(raw) is str:
            found = by_text.get(codes.plain(raw))
        if found is None:
            raise Wrong("choice_unknown", given=str(raw)[:40])
        return found

    return read


def read_choices(field: Field) -> Reader:
    """Read a list of values, or their labels between semicolons; doubles count once."""
    one = read_choice(field)
    order = {option.value: place for place, option in enumerate(options(field))}

    def read(raw: Any, scene: Scene) -> Value:
        if type(raw) is str:
            raw = [part for part in raw.split(_BETWEEN) if part.strip()]
        if type(raw) is not list:
            raise Wrong("choices_shape")
        if len(raw) > len(order):
            raise Wrong("too_many", max=len(order))
        chosen = {str(one(entry, scene)) for entry in raw}
        return sorted(chosen, key=order.__getitem__) or None

    return read


def show_choice(field: Field, value: Value) -> str:
    """Show the label; a value that is no longer offered shows itself."""
    for option in options(field):
        if option.value == value:
            return worded(option.label)
    return str(value)


def show_choices(field: Field, value: Value) -> str:
    """Show the labels, a semicolon between."""
    entries = value if isinstance(value, list) else []
    return f"{_BETWEEN} ".join(show_choice(field, entry) for entry in entries)


def read_region(field: Field) -> Reader:
    """Read a dotted code, which must be known where the region's table claims to be complete."""
    dots = LEVELS.index(field.level) if field.level else None

    def read(raw: Any, scene: Scene) -> str:
        code = raw.strip() if type(raw) is str else ""
        if not SHAPE.fullmatch(code):
            raise Wrong("region_shape")
        if dots is not None and code.count(".") != dots:
            raise Wrong("region_level", level=field.level)
        if scene.areas.covers(code) and not scene.areas.knows(code):
            raise Wrong("region_unknown", region=code)
        return code

    return read
