"""`report`: a register or report of a period as a file, PDF or workbook by its ending."""

from pathlib import Path

from sync.commands.call import Answer, Call
from sync.commands.edges import day
from sync.commands.entry import entered


def report(call: Call) -> Answer:
    """Write the report; both days are in it."""
    from sync.protocol import looks as said
    from sync.store import looks
    from sync.store.registers import people
    from sync.store.registers import report as reports

    given = call.options
    asked = reports.period(day(given.first, "from"), day(given.last, "to"))
    with entered(call) as store:
        file, place = Path(given.out), people.place(given.rw, given.rt)
        done = reports.write(store, given.name, asked, file, service=given.service, place=place)
        if given.name not in reports.COUNTS:
            looks.at_list(store, said.REPORT, given.name, done.rows)
    return Answer({"ok": True, "file": str(done.path), "rows": done.rows})
