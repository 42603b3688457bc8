"""What every kind's reader shares: its type and its one exception."""

from collections.abc import Callable
from typing import Any, TypeAlias

from forms.engine.answers import Scene, Value
from forms.engine.problem import Fact

# Takes what was given, never None or "", and gives the canonical value, or None for "nothing".
Reader: TypeAlias = Callable[[Any, Scene], Value]


class Wrong(Exception):  # noqa: N818 - the answer is wrong, nothing broke
    """An answer can't be read; `check` makes a problem of it and adds the field."""

    def __init__(self, code: str, **facts: Fact) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code)
