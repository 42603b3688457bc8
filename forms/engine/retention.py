"""How long closed records are kept: what is wrong with a rule, and which services have none.

A rule is data: a form's own `[retention]`, else the table of its group in shared/retention.toml.
Nothing goes by a rule whose source nobody named: what the law doesn't say is kept.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from forms.engine.form import Form
from forms.engine.problem import Problem
from forms.engine.source import Source
from forms.engine.spec import Retention

FILE = "shared/retention.toml"  # by group


def rules(root: Path) -> dict[str, Retention]:
    """Read the rules of the groups; one that is wrong is none (`lint` says how)."""
    source = _source(root)
    read = {group: _rule(source, group) for group in source.data}
    return {group: rule for group, rule in read.items() if rule is not None}


def faults(rule: Retention) -> Iterator[str]:
    """Name what is wrong with a rule, by code."""
    if min(rule.years, rule.desk_days) < 0:
        yield "retention_negative"
    if (rule.years > 0) != (rule.then in {"review", "erase"}):
        yield "retention_half"  # years without what follows, or the other way round
    if rule.then and not rule.source.strip():
        yield "retention_source"


def until(rule: Retention, changed: dt.date) -> dt.date | None:
    """Give the day on which the time of keeping of a record, last changed on a day, is over.

    None where it never is.
    """
    if not rule.years:
        return None
    year = changed.year + rule.years
    try:
        return changed.replace(year=year)
    except ValueError:  # the 29th of February: not a day too early
        return dt.date(year, 3, 1)


def lint(root: Path) -> list[Problem]:
    """Find what is wrong with the rules of the groups."""
    source = _source(root)
    for group in sorted(source.data):
        _rule(source, group)
    return source.problems


def unset(forms: Iterable[Form]) -> Iterator[Problem]:
    """Warn of each group with forms whose records are kept without an end for want of a rule."""
    count = Counter(form.group for form in forms if not form.retention.then and not form.internal)
    for group, forms_of_it in sorted(count.items()):
        yield Problem("retention_unset", facts={"group": group, "count": forms_of_it})


def _source(root: Path) -> Source:
    path = root / FILE
    return Source.read(path, FILE) if path.is_file() else Source(FILE, b"")


def _rule(source: Source, group: str) -> Retention | None:
    rule = source.convert(source.data[group], Retention, (group,))
    wrong = list(faults(rule)) if rule else []
    for code in wrong:
        source.add(code, (group,), group=group)
    return None if wrong else rule
