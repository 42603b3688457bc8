"""The shape of answers: plain JSON values by field key, one shape for each kind of answer."""

import datetime as dt
from typing import Any, TypeAlias

import msgspec

from forms.engine.areas import Areas

Row: TypeAlias = "dict[str, str | int | bool]"
# A list holds texts (choices) or Rows; Any, since each reader knows which of them it meets.
Value: TypeAlias = "str | int | bool | list[Any] | dict[str, str | int | bool] | None"
Answers: TypeAlias = dict[str, Value]


class Scene(msgspec.Struct, frozen=True):
    """Where and when a form is filled in: the day, the office's area and the region's areas."""

    today: dt.date
    area: str
    areas: Areas
