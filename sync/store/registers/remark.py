"""What is out of the ordinary about a line: void, late, inserted, and why."""

from forms.engine.words import say
from forms.mail import series as post
from sync.protocol.change import Number
from sync.store.case import Case
from sync.store.registers import lines
from sync.store.registers.cells import Around
from sync.store.registers.query import Found
from sync.store.registers.table import Mark, day

VOID = "void"
RESERVED = "reserved"
CAME_BACK = "came_back"


def marks(around: Around, one: Found, case: Case) -> tuple[Mark, ...]:
    """Tell what is out of the ordinary about a line, in the order in which it is said."""
    line, number = one.line, _number(one, case)
    final = number is not None and not number.provisional
    shown = number is not None and number.text == line.text
    other = bool(line.change) and line.change not in {case.paper, case.second} and not shown
    provisional = line.rank == lines.PROVISIONAL
    overdue = any(link.is_overdue(around.today) for link in around.chains.get(case.id, ()))
    due = day(case.answers.get("batas_waktu"))
    found: tuple[tuple[bool, Mark], ...] = (
        (case.state == VOID and not other, "void"),
        (provisional and not final, "provisional"),
        (provisional and final, "replaced"),
        (case.state == RESERVED, "reserved"),
        (bool(case.replaces), "corrects"),
        (line.book == lines.OUTGOING and line.sub > 0 and not provisional, "inserted"),
        (one.late, "late_date"),
        (bool(line.odd), "odd_clock"),
        (other and not provisional, "double"),
        (one.trouble == "conflict", "conflict"),
        (overdue or (case.state == "registered" and due is not None and due < around.today),
         "overdue"),
    )  # fmt: skip
    return tuple(mark for holds, mark in found if holds)


def remark(around: Around, one: Found, case: Case, found: tuple[Mark, ...]) -> str:
    """Say it."""
    number = _number(one, case)
    facts = {
        "reason": around.reasons.get(case.id, ""),
        "number": number.text if number else "",
        "first": around.replaced.get(case.replaces, ""),
        "why": around.why.get(one.line.change, "") or str(case.answers.get(post.WHY, "")),
        "behind": one.line.rank,
    }
    said = [say(f"mark_of_line.{mark}", **facts) for mark in found]
    if case.state == CAME_BACK:
        said.append(say("register.came_back", **facts))
    return "; ".join(said)


def _number(one: Found, case: Case) -> Number | None:
    """Give the number that a record has in the book of a line."""
    return case.register if one.line.book == lines.SECOND else case.number
