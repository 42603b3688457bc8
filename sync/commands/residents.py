"""`import residents`: a SIAK workbook becomes residents; the sheet tells each row's fate."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from forms.engine.problem import Problem
from sync.commands.call import Answer, Call
from sync.commands.entry import entered
from sync.commands.trouble import shown
from sync.store import workbook


def import_file(call: Call) -> Answer:
    """Import a workbook; status 0 whatever rows it refused."""
    given = call.options
    with entered(call) as store:
        done = workbook.import_file(
            store,
            Path(given.file),
            dry_run=given.dry_run,
            report=Path(given.report) if given.report else None,
        )
    return Answer(
        {
            "rows": done.rows,
            "added": done.added,
            "updated": done.updated,
            "unchanged": done.unchanged,
            "refused": _rows(done.refused),
            "warned": _rows(done.warned),
        }
    )


def _rows(problems: Iterable[Problem]) -> list[dict[str, Any]]:
    return [{**told, "row": told.get("row")} for told in shown(problems)]
