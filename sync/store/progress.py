"""How long work says how far it is, and how it is called off: by raising Stopped where it says so.

Whatever works in parts and may take more than a moment takes a `Progress` and calls it between two
parts. What is under way then ends as if it had failed: a transaction is undone, a file not written.
"""

from collections.abc import Callable

Progress = Callable[[int, int], None]  # what is done, and of how much


class Stopped(Exception):  # noqa: N818 - it says what happened
    """A person called the work off; nothing of it is kept."""


def unheard(_done: int, _whole: int) -> None:
    """Say it to nobody."""
