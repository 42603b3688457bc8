"""`server finding`, `server findings`: what inspectors found, and what became of it."""

from pathlib import Path
from typing import Any

from forms.engine.problem import Problem, Refused
from sync.commands import answers_file
from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.commands.edges import day, identity, moment
from sync.commands.files import check_place, replaced


def begin(call: Call) -> Answer:
    """Tell an office of a finding; the file has its answers but for the deadline."""
    from sync.server import findings

    given = answers_file.read_one(call.options.answers)
    texts = {key: str(given.get(key) or "") for key in findings.TEXT}
    strange = sorted(given.keys() - {*findings.TEXT, "tanggal_lhp", "diterima"})
    if strange:
        raise Refused(*(Problem("unknown_field", key) for key in strange))
    found = findings.Finding(
        call.options.office,
        day(str(given.get("tanggal_lhp") or ""), "tanggal_lhp"),
        day(str(given.get("diterima") or ""), "diterima"),
        texts,
    )
    with opened(call) as (city, who):
        return Answer({"record": findings.begin(city, found, who).hex()})


def judge(call: Call) -> Answer:
    """Judge an office's answer, or close a finding."""
    from sync.server import findings

    given = call.options
    record = identity(given.id)
    with opened(call) as (city, who):
        findings.judge(city, record, given.action, given.reason, who)
        found, _ = findings.find(city, record)
    return Answer({"ok": True, "record": record.hex(), "state": found.state})


def listing(call: Call) -> Answer:
    """List findings with the days that are left; with a file, write them as PDF or CSV."""
    from sync.server import findings, findings_sheet

    path = Path(call.options.out) if call.options.out else None
    if path is not None and path.suffix.lower() not in {".pdf", ".csv"}:
        raise Refused(Problem("finding_ending", "out", {"ending": path.suffix[:20]}))
    if path is not None:
        check_place(path)
    with opened(call) as (city, who):
        found = findings.listing(city)
        if path is not None:
            pdf = path.suffix.lower() == ".pdf"
            made = findings_sheet.as_pdf(city, found, who) if pdf else findings_sheet.as_csv(found)
            replaced(path, made)
    told: dict[str, Any] = {"findings": [_shown(one) for one in found]}
    return Answer(told | ({"file": str(path)} if path is not None else {}))


def _shown(one: Any) -> dict[str, Any]:
    return {
        "record": one.id.hex(),
        "office": one.office,
        "lhp": one.texts["nomor_lhp"],
        "title": one.texts["tentang"],
        "due": one.due,
        "days": one.days,
        "state": one.state,
        "late": one.late,
        "begun": moment(one.begun),
    }
