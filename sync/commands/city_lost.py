"""`server device lost`: what lies on a laptop that is lost, as PDF, workbook, CSV or JSON."""

from pathlib import Path
from typing import TYPE_CHECKING

from forms.engine.problem import Problem, Refused
from forms.engine.words import label, say
from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.commands.edges import identity
from sync.commands.files import check_place, replaced

if TYPE_CHECKING:
    from sync.server.city import City
    from sync.server.lost import Lost

ENDINGS = (".pdf", ".xlsx", ".csv", ".json")


def report(call: Call) -> Answer:
    """Write the report; the ending of the file says what it is."""
    from sync.server import lost, lost_sheet

    device, path = identity(call.options.id, "device_unknown"), Path(call.options.out)
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise Refused(Problem("lost_ending", "out", {"ending": ending[:20]}))
    check_place(path)
    with opened(call) as (city, who):
        found = lost.report(city, device, who)
        match ending:
            case ".pdf":
                replaced(path, lost_sheet.as_pdf(city, found, who))
            case ".xlsx":
                _workbook(city, found, path)
            case ".csv":
                replaced(path, lost_sheet.as_csv(city, found))
            case _:
                replaced(path, lost_sheet.as_json(city, found))
    told = found.device.told
    return Answer(
        {
            "ok": True,
            "file": str(path),
            "persons": len(found.persons),
            "records": sum(found.services.values()),
            "numbers": sum(one.left for one in found.leases),
            "unsent": None if told is None else told.unsent,
            "revoked": bool(found.device.revoked),
        }
    )


def _workbook(city: "City", found: "Lost", path: Path) -> None:
    from sync.server import lost_sheet
    from sync.store.registers import workbook
    from sync.store.registers.table import Column, Row, Table

    def table(name: str, heads: dict[str, int], rows: list[Row]) -> Table:
        columns = tuple(Column(f"lost_{key}", width) for key, width in heads.items())
        return Table(label(lost_sheet.AREA, name), columns, rows)

    lines = [Row(pair) for pair in lost_sheet.facts(city, found)]
    leases = [Row(tuple(getattr(one, key) for key in lost_sheet.LEASE)) for one in found.leases]
    persons = [Row(tuple(lost_sheet.cells(city, one))) for one in found.persons]
    tables = (
        table("who", {key: lost_sheet.WIDTHS[key] for key in lost_sheet.PERSON}, persons),
        table("about", {"fact": 60, "value": 80}, lines),
        table("leases", dict.fromkeys(lost_sheet.LEASE, 24), leases),
    )
    fresh = path.with_name(f".{path.name}.next")
    try:
        workbook.save(fresh, (say("lost.title"), found.office.name), tables)
        replaced(path, fresh.read_bytes())
    finally:
        fresh.unlink(missing_ok=True)
