"""What of a table is drawn as a picture: which of its columns, and as what. Pure.

A picture never says more than its table, which always stands beside it.
"""

from collections.abc import Sequence
from typing import Literal

import msgspec

from forms.engine.words import say

Kind = Literal["bars", "lines", "pyramid"]
BARS_MAX = 16  # that a person still reads one by one; what is less stands together in the last


class Chart(msgspec.Struct, frozen=True):
    """Values by label, a series for each column that is drawn.

    Bars have one series, a pyramid two: left and right. `label` and `columns` are places in the
    table, whose first `rows` rows are drawn, for whoever draws from the table itself.
    """

    kind: Kind
    names: tuple[str, ...]
    labels: tuple[str, ...]
    values: tuple[tuple[int, ...], ...]
    label: int
    columns: tuple[int, ...]
    rows: int

    @property
    def most(self) -> int:
        """Give the highest value, 1 at least."""
        return max((value for series in self.values for value in series), default=0) or 1


def chart(
    kind: Kind,
    names: Sequence[str],
    labels: Sequence[str],
    series: Sequence[Sequence[int]],
    *,
    label: int,
    start: int,
) -> Chart | None:
    """Make a picture of the first rows of a table; None where there is nothing to be seen.

    `label` and `start` are the columns of the labels and of the first series, the others right
    behind it.
    """
    if len(labels) < len("ab") or not any(map(any, series)):
        return None
    rows = len(labels)
    shown = tuple(labels)
    values = [tuple(one) for one in series]
    if kind == "bars" and rows > BARS_MAX:
        rows = BARS_MAX - 1
        shown = (*shown[:rows], say("register.others"))
        values = [(*one[:rows], sum(one[rows:])) for one in values]
    columns = tuple(range(start, start + len(values)))
    return Chart(kind, tuple(names), shown, tuple(values), label, columns, rows)
