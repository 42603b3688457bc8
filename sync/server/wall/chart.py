"""The hours of today as the chart of the live room takes them."""

from collections.abc import Sequence
from typing import Any

from forms.engine.region_hours import Hours
from forms.engine.words import worded
from sync.server.wall.picture import Count, Shown

LINES_MAX = 2  # counts whose hours stand beside each other; more can't be told apart from afar


def chart_of(counts: Sequence[Shown], hours: Hours, now: int) -> tuple[dict[str, Any], list[str]]:
    """Give hours, the bars of the first counts, what is usual of the first; and their labels.

    An hour whose count is hidden is null, as are those to come.
    """
    shown = [(worded(one.tile.spec.label), one.figures) for one in counts[:LINES_MAX]]
    made = [(name, figures) for name, figures in shown if isinstance(figures, Count)]
    begin, end = _opening(hours)
    busy = [int(hour) for _, one in made for hour, n in one.hours.shown.items() if n]
    busy += [int(hour) for _, one in made for hour in one.hours.hidden]
    span = range(min([begin, *busy]), max([end, *busy]) + 1)
    bars = [
        {
            "label": name,
            "values": [one.hours.shown.get(f"{hour:02}") if hour <= now else None for hour in span],
        }
        for name, one in made
    ]
    usual = made[0][1].usual if made else {}
    chart = {
        "hours": list(span),
        "bars": bars,
        "usual": [usual.get(hour, 0) for hour in span] if usual else [],
    }
    return chart, [name for name, _ in made]


def _opening(hours: Hours) -> tuple[int, int]:
    spans = [span for day in hours.week for span in day]
    first = min((opens.hour for opens, _ in spans), default=8)
    last = max((closes.hour for _, closes in spans), default=15)
    return first, last
