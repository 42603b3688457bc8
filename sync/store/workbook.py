"""Imports residents from a SIAK workbook: everything in one transaction, or nothing.

A row finds its resident by NIK. Who is new gets a record under an id that every desk of the region
derives alike, so that two desks which import one sheet do not make two of everybody. Who is known
gets a change for what differs, with its author like any other; what the sheet leaves empty says
nothing. Nobody is removed because a sheet does not have them.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import msgspec

from forms.engine.answers import Answers
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.residents import siak
from forms.residents.cells import Cell
from forms.residents.siak import Resident
from sync.protocol import wire
from sync.protocol.change import ID_BYTES, NOBODY
from sync.store import records, scope, workbook_report, workbook_sheet
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.progress import Progress, unheard
from sync.store.records import Item
from sync.store.statements import Connection
from sync.store.workbook_report import Outcome
from sync.store.workbook_sheet import Sheet

SERVICE = "residents/resident"
SOURCE = "siak"
NIK = "nik"
PAGE = 1000  # rows looked up and written at once, and between two words of progress

# Page by page through the index of unique values: a store of 300,000 is never read whole.
_BEARERS = """
    SELECT u.value, r.plain FROM unique_value u JOIN record r ON r.id = u.record
    WHERE u.service = ? AND u.key = ? AND u.value"""


class Imported(msgspec.Struct, frozen=True):
    """What an import did, or in a dry run would do; problems name rows as a person counts them."""

    rows: int
    added: int
    updated: int
    unchanged: int
    refused: tuple[Problem, ...]
    warned: tuple[Problem, ...]


class _Taken(msgspec.Struct, frozen=True):
    """A row that can be taken: who it is, and what is to be said of it."""

    row: int
    resident: Resident

    @property
    def nik(self) -> str:
        """The NIK by which it finds its record."""
        return str(self.resident.answers[NIK])


def import_file(
    store: Store,
    path: Path,
    *,
    dry_run: bool = False,
    report: Path | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Import a workbook; `report` is where the clerk's own sheet goes, with each row's fate.

    Refused for a file that is no workbook, has no header, or where the report can't be written, and
    for operators who don't take residents; nothing was imported then.
    """
    form = store.catalogue.form(SERVICE)
    scope.require(store.takes(form), form)
    sheet = workbook_sheet.read(path)
    with workbook_report.prepared(report, path) if report else nullcontext() as beside:
        run = _Import(store, form, sheet, progress)
        taken = run.read()
        with store.read() if dry_run else store.write() as conn:
            run.settle(conn, taken, save=not dry_run)
            if beside:
                workbook_report.write(beside, sheet, run.outcomes)
    return run.imported()


def record_id(region: str, nik: str) -> bytes:
    """Derive the id of an imported resident: the same on every desk of the region."""
    name = wire.encode([region, SOURCE, nik])
    return hashlib.sha256(b"teras/import/1" + name).digest()[:ID_BYTES]


class _Import:
    """One import under way: what becomes of each row."""

    def __init__(self, store: Store, form: Form, sheet: Sheet, progress: Progress | None) -> None:
        self.outcomes: dict[int, Outcome] = {}
        self._store = store
        self._form = form
        self._sheet = sheet
        self._tell = progress or unheard
        self._total = 2 * (len(sheet.rows) - sheet.header.row - 1)  # read once, saved once

    def read(self) -> list[_Taken]:
        """Read every row, and take the first of each NIK."""
        scene = self._store.scene()
        named = self._sheet.header.area
        reader = siak.Reader(self._form, scene, named if scene.areas.knows(named) else scene.area)
        first: dict[str, _Taken] = {}
        for done, (row, by_field) in enumerate(_rows(self._sheet)):
            resident = reader.read(by_field)
            if resident.refused:
                self.outcomes[row] = Outcome("refused", resident.refused)
                continue
            taken = _Taken(row, resident)
            before = first.setdefault(taken.nik, taken)
            if before is not taken:
                self.outcomes[row] = _doubled(before, taken)
            if done % PAGE == 0:
                self._tell(done, self._total)
        if not first and not self.outcomes:
            raise Refused(Problem("workbook_empty"))
        return list(first.values())

    def settle(self, conn: Connection, taken: Sequence[_Taken], *, save: bool) -> None:
        """Compare with what the store has, and save what differs, page by page."""
        for at in range(0, len(taken), PAGE):
            page = taken[at : at + PAGE]
            known, used = self._known(conn, page), self._used(conn, page)
            settled = [self._settle(one, known.get(one.nik, []), used) for one in page]
            if save:
                items = (item for item in settled if item)
                records.save_many(self._store, conn, SERVICE, items)
            self._tell(self._total // 2 + at + len(page), self._total)

    def imported(self) -> Imported:
        """Count what became of the rows."""
        rows = sorted(self.outcomes.items())
        statuses = [outcome.status for _, outcome in rows]
        return Imported(
            rows=len(rows),
            added=statuses.count("added"),
            updated=statuses.count("updated"),
            unchanged=statuses.count("unchanged"),
            refused=tuple(
                msgspec.structs.replace(outcome.problems[0], row=row)
                for row, outcome in rows
                if outcome.status == "refused"
            ),
            warned=tuple(
                msgspec.structs.replace(problem, row=row)
                for row, outcome in rows
                if outcome.status != "refused"
                for problem in outcome.problems
            ),
        )

    def _settle(self, one: _Taken, bearers: Sequence[Case], used: dict[bytes, bool]) -> Item | None:
        """Decide about one row: what is to be saved, if anything."""
        answers, warned = one.resident.answers, one.resident.warned
        record = self._record(one.nik)
        if not bearers:
            if used.get(record):
                self.outcomes[one.row] = Outcome("refused", (Problem("record_erased", NIK),))
                return None
            if record in used:  # that record bears another NIK by now: sync rule 1f
                record, warned = NOBODY, (*warned, Problem("id_taken", NIK))
            self.outcomes[one.row] = Outcome("added", warned)
            return Item(answers, record=record)
        present = next((case for case in bearers if case.id == record), bearers[0])
        said = {**present.answers, **answers}
        if said == present.answers:
            self.outcomes[one.row] = Outcome("unchanged", warned)
            return None
        refused = self._refused(present, answers)
        if refused:
            self.outcomes[one.row] = Outcome("refused", (refused,))
            return None
        self.outcomes[one.row] = Outcome("updated", warned)
        return Item(said, case=present)

    def _refused(self, present: Case, answers: Answers) -> Problem | None:
        """Say why a resident who is known can't be changed by a row."""
        if _is_other_person(present.answers, answers):
            return Problem("nik_other_person", NIK)
        if not self._form.machine.may_edit(present.state, self._store.operator.roles):
            return Problem("state_final", NIK, {"state": present.state, "action": "edit"})
        return None

    def _known(self, conn: Connection, page: Sequence[_Taken]) -> dict[str, list[Case]]:
        """Read the records that bear these NIKs, by NIK, the oldest first."""
        query = f"{_BEARERS} IN ({','.join('?' * len(page))}) ORDER BY r.n"
        bearers = conn.exec_driver_sql(query, (SERVICE, NIK, *(one.nik for one in page)))
        found: dict[str, list[Case]] = {}
        for nik, plain in bearers:
            found.setdefault(nik, []).append(decode(plain))
        return found

    def _used(self, conn: Connection, page: Sequence[_Taken]) -> dict[bytes, bool]:
        """Tell which of the ids that these rows would get have a record, and which are erased."""
        ids = [self._record(one.nik) for one in page]
        marks = ",".join("?" * len(ids))
        found = dict[bytes, bool]()
        for table, column in (("record", "id"), ("erased", "record")):
            query = f"SELECT {column} FROM {table} WHERE {column} IN ({marks})"  # noqa: S608 - question marks only
            names = conn.exec_driver_sql(query, tuple(ids)).scalars()
            found |= dict.fromkeys(names, table == "erased")
        return found

    def _record(self, nik: str) -> bytes:
        return record_id(self._store.desk.region, nik)


def _rows(sheet: Sheet) -> Iterator[tuple[int, Mapping[str, Cell]]]:
    """Yield the rows below the header that say anything, each cell by its field."""
    columns = sheet.header.columns.items()
    for number, row in enumerate(sheet.rows[sheet.header.row + 1 :], sheet.first):
        if any(cell not in ("", None) for cell in row):
            yield number, {field: row[column] for field, column in columns}


def _doubled(first: _Taken, later: _Taken) -> Outcome:
    """Say what becomes of a row whose NIK stood in the sheet before."""
    if siak.is_clash(first.resident.answers, later.resident.answers):
        return Outcome("refused", (Problem("nik_clash_in_file", NIK, {"first": first.row}),))
    if first.resident.answers == later.resident.answers:
        return Outcome("unchanged")
    return Outcome("refused", (Problem("rows_differ_in_file", NIK, {"first": first.row}),))


def _is_other_person(present: Mapping[str, Any], answers: Answers) -> bool:
    """Tell whether a NIK is held by somebody else here; a new spelling or date alone is none."""
    born = "tanggal_lahir"
    return siak.is_clash(dict(present), answers) and present.get(born) != answers.get(born)
