"""Rows as any SQL driver gives them, by the names of their columns."""

from collections import namedtuple
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Any, TypeAlias

Row: TypeAlias = Any  # a tuple whose values are also attributes by their columns' names


def maker(cursor: Any) -> Callable[[Any], Row]:
    """Give what makes a row of a driver's cursor readable by name."""
    return _maker(tuple(column[0] for column in cursor.description or ()))


@lru_cache(maxsize=1_000)  # the program's statements have some hundreds of lists of columns
def _maker(columns: tuple[str, ...]) -> Callable[[Any], Row]:
    """Make the type of a row; a column without a fitting name is read by its place."""
    made: Any = namedtuple("Row", columns, rename=True)  # type: ignore[misc] # noqa: PYI024 - names known at run time only
    return partial(tuple.__new__, made)
