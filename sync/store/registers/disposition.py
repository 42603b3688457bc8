"""Who is to do what about a letter that came in, until when: the chain behind it.

Each link is a record of its own with the letter as its subject, so that passing a letter on never
conflicts with anybody's note.
"""

import datetime as dt
from collections.abc import Sequence

import msgspec

from forms.engine.form import Form
from forms.engine.kinds.choice import show_choices
from forms.engine.words import say
from forms.mail import series as post
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.registers import course
from sync.store.registers.table import day
from sync.store.statements import Connection

OPEN = "open"
DONE = "done"
VOID = "void"
_AT_ONCE = 1_000  # below the limit of bound values


class Link(msgspec.Struct, frozen=True):
    """One instruction; `result` is what was done, or why it was withdrawn."""

    record: bytes
    day: dt.date | None
    giver: str
    receiver: str
    instruction: str
    due: dt.date | None
    state: str
    result: str

    def is_overdue(self, today: dt.date) -> bool:
        """Tell whether it should have been done before today."""
        return self.state == OPEN and self.due is not None and self.due < today


def chains(
    store: Store, conn: Connection, letters: Sequence[bytes]
) -> dict[bytes, tuple[Link, ...]]:
    """Map letters that came in to their links, the oldest first; those without any are left out."""
    form = store.form(post.DISPOSITION)
    cases: list[Case] = []
    for at in range(0, len(letters), _AT_ONCE):
        part = letters[at : at + _AT_ONCE]
        rows = conn.exec_driver_sql(
            "SELECT plain FROM record "  # noqa: S608 - question marks only
            f"WHERE subject IN ({','.join('?' * len(part))}) AND service = ?",
            (*part, post.DISPOSITION),
        )
        cases += [decode(row.plain) for row in rows]
    return _chained(conn, form, cases)


def waiting(store: Store, conn: Connection) -> dict[bytes, tuple[Link, ...]]:
    """Map letters to what nobody has done yet about them."""
    form = store.form(post.DISPOSITION)
    rows = conn.exec_driver_sql(
        "SELECT plain FROM record WHERE service = ? ORDER BY n", (post.DISPOSITION,)
    )
    cases = [decode(row.plain) for row in rows]
    return _chained(conn, form, [case for case in cases if case.state == OPEN])


def summary(links: Sequence[Link]) -> str:
    """Say in a cell where a letter went, the links that were withdrawn left out."""
    said = []
    for link in links:
        if link.state == VOID:
            continue
        if link.state == DONE:
            said.append(say("register.passed_done", to=link.receiver))
        elif link.due is not None:
            said.append(say("register.passed_due", to=link.receiver, due=f"{link.due:%d-%m-%Y}"))
        else:
            said.append(say("register.passed", to=link.receiver))
    return "; ".join(said)


def _chained(
    conn: Connection, form: Form | None, cases: Sequence[Case]
) -> dict[bytes, tuple[Link, ...]]:
    closed = [case.id for case in cases if case.state != OPEN]
    ends = {name: taken[-1].reason for name, taken in course.steps(conn, closed) if taken}
    found: dict[bytes, tuple[Link, ...]] = {}
    for case in sorted(cases, key=lambda case: (str(case.answers.get("tanggal", "")), case.began)):
        link = _link(case, form, ends.get(case.id, ""))
        found[case.subject] = (*found.get(case.subject, ()), link)
    return found


def _link(case: Case, form: Form | None, result: str) -> Link:
    answers = case.answers
    orders = answers.get("instruksi")
    told = show_choices(form.fields["instruksi"], orders) if form and orders else ""
    return Link(
        case.id,
        day(answers.get("tanggal")),
        str(answers.get("dari", "")),
        str(answers.get("kepada", "")),
        ". ".join(filter(None, (told, str(answers.get("catatan", ""))))),
        day(answers.get("tenggat")),
        case.state,
        result,
    )
