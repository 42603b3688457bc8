"""The tasks of a first day at the desk, and which of them the store says are done.

Nobody ticks anything off: a task is done once its proof stands in the store, and stays so.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from tomllib import loads
from typing import Final

import msgspec

from sync.protocol.change import NOBODY
from sync.protocol.looks import RECORD
from sync.store import drafts, letters, settings, status
from sync.store.case import Case, decode
from sync.store.drafts import Draft
from sync.store.handle import Store
from sync.store.statements import Connection

FILE = Path(__file__).parents[2] / "resources" / "practice" / "first_day.toml"
RESIDENT = "residents/resident"
SETTING = "first_day"
NEWEST = 500  # letters that are looked at: nobody writes more on a first day


class Task(msgspec.Struct, frozen=True):
    """One thing to try, by the code of its words: what proves that it was done, where it begins."""

    code: str
    proof: str
    page: str


class Day(msgspec.Struct, frozen=True):
    """What is done of the day, and the form that was left half-filled, for when it is finished."""

    done: tuple[str, ...] = ()
    left_service: str = ""
    left_subject: bytes = NOBODY
    left_at: int = 0


class _Seen(msgspec.Struct, frozen=True):
    """What the store shows of the work so far."""

    day: Day
    looked: bool
    printed: bool
    pending: int
    letters: tuple[Case, ...]
    drafts: tuple[Draft, ...]

    @property
    def replaced(self) -> frozenset[bytes]:
        """The letters in whose place another was given; that made them void, nobody else did."""
        return frozenset(case.replaces for case in self.letters)

    def resumed(self) -> bool:
        """Tell whether the form that was left is a record now."""
        day = self.day
        if not day.left_service or any(d.service == day.left_service for d in self.drafts):
            return False
        return any(
            (case.service, case.subject) == (day.left_service, day.left_subject)
            and case.updated >= day.left_at
            for case in self.letters
        )


PROOFS: Final[Mapping[str, Callable[[_Seen], bool]]] = {
    "looked": lambda seen: seen.looked,
    "begun": lambda seen: bool(seen.letters),
    "issued": lambda seen: any(case.number is not None for case in seen.letters),
    "printed": lambda seen: seen.printed,
    "corrected": lambda seen: any(case.replaces for case in seen.letters),
    "voided": lambda seen: any(
        case.state == letters.VOID and case.id not in seen.replaced for case in seen.letters
    ),
    "left": lambda seen: bool(seen.drafts),
    "resumed": _Seen.resumed,
    "sent": lambda seen: bool(seen.letters) and not seen.pending,
}


@lru_cache
def tasks() -> tuple[Task, ...]:
    """List the tasks of a first day, in order."""
    return msgspec.convert(loads(FILE.read_text("utf-8"))["task"], tuple[Task, ...])


def done(store: Store) -> frozenset[str]:
    """Tell the codes of the tasks that are done, those included that this look finds done.

    To be asked while no form is open, or after a save: a form that is being filled in has a draft.
    """
    before = store.setting(SETTING, Day) or Day()
    with store.read() as conn:
        looked, printed, cases = _read(store, conn)
    seen = _Seen(before, looked, printed, status.pending(store), cases, _lettered(store))
    found = [task.code for task in tasks() if task.code in before.done or PROOFS[task.proof](seen)]
    now = msgspec.structs.replace(before, done=tuple(found))
    if seen.drafts:
        newest = seen.drafts[0]
        now = Day(now.done, newest.service, newest.subject, newest.updated)
    if now != before:
        with store.write() as conn:
            settings.write(conn, SETTING, now)
    return frozenset(now.done)


def _read(store: Store, conn: Connection) -> tuple[bool, bool, tuple[Case, ...]]:
    looked = conn.exec_driver_sql(
        "SELECT 1 FROM look WHERE how = ? AND what = ? LIMIT 1", (RECORD, RESIDENT)
    ).first()
    printed = conn.exec_driver_sql(
        "SELECT 1 FROM event WHERE kind = ? LIMIT 1", (letters.PRINT,)
    ).first()
    rows = conn.exec_driver_sql(
        "SELECT plain FROM record WHERE service != ? ORDER BY n DESC LIMIT ?",
        (RESIDENT, NEWEST),
    )
    cases = (decode(row.plain) for row in rows)
    return bool(looked), bool(printed), tuple(case for case in cases if _is_letter(store, case))


def _lettered(store: Store) -> tuple[Draft, ...]:
    """List the letters that were begun and not saved, the newest first."""
    return tuple(
        draft
        for draft in drafts.listing(store)
        if (form := store.form(draft.service)) is not None and form.letter is not None
    )


def _is_letter(store: Store, case: Case) -> bool:
    form = store.form(case.service)
    return form is not None and form.letter is not None
