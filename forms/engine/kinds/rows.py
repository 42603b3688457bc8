"""A bounded list of small records: followers, heirs, members of a family."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from forms.engine import parts
from forms.engine.answers import Row, Scene, Value
from forms.engine.kinds.person import read_party
from forms.engine.kinds.reading import Reader, Wrong, together
from forms.engine.spec import Field

ROWS_MAX = 40  # More is a register of its own; forty fill two sheets.
TEXT_MAX = 100_000  # Forty rows with every cell full.
Cell = Callable[[Any, Scene], tuple[Row, list[Wrong]]]


def columns(field: Field) -> tuple[Field, ...]:
    """List the columns of a rows field: what is asked of a person, then its own."""
    persons = tuple(parts.asked(field.party)) if field.party else ()
    return (*persons, *field.column)


def read_rows(field: Field, make: Callable[[Field], Reader]) -> Reader:
    """Read the rows; an empty one is left out. `make` makes the reader of one cell."""
    most = min(field.max or ROWS_MAX, ROWS_MAX)
    read_row = _reader_of_row(field, make)

    def read(raw: Any, scene: Scene) -> Value:
        given = _listed(raw)
        if len(given) > most:
            raise Wrong("rows_many", max=most)
        rows, wrong = [], []
        for number, entry in enumerate(given, 1):
            row, reasons = read_row(entry, scene)
            for reason in reasons:
                reason.row = number
            wrong += reasons
            if row:
                rows.append(row)
        wrong += _doubled(rows)
        if rows and not wrong and len(rows) < (field.min or 0):
            wrong.append(Wrong("rows_few", min=field.min or 0))
        if whole := together(wrong):
            raise whole
        return rows or None

    return read


def show_rows(_field: Field, value: Value) -> str:
    """Show the rows as JSON, in the order of their keys."""
    return msgspec.json.encode(value, order="deterministic").decode()


def _listed(raw: Any) -> list[Any]:
    if type(raw) is str and raw.lstrip().startswith("[") and len(raw) <= TEXT_MAX:
        try:
            raw = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError):
            raise Wrong("rows_shape") from None
    if type(raw) is not list:
        raise Wrong("rows_shape")
    return raw


def _reader_of_row(field: Field, make: Callable[[Field], Reader]) -> Cell:
    cells = {column.key: (column, make(column)) for column in field.column}
    known = {*cells}
    person = None
    if field.party:
        kept = {part.key: make(part) for part in parts.kept(field.party)}
        known |= {*kept, parts.RECORD}
        person = read_party(field.party, kept)

    def read(raw: Any, scene: Scene) -> tuple[Row, list[Wrong]]:
        if type(raw) is not dict:
            return {}, [Wrong("rows_shape")]
        strays = raw.keys() - known
        if strays:
            return {}, [Wrong("row_column", column=min(map(str, strays))[:40])]
        if all(value in (None, "") for value in raw.values()):
            return {}, []
        row: Row = {}
        wrong: list[Wrong] = []
        if person:
            found, wrong = person(raw, scene)
            row |= found
        wrong += _cells(cells, raw, row, scene)
        return row, wrong

    return read


def _cells(
    cells: Mapping[str, tuple[Field, Reader]], raw: Mapping[str, Any], row: Row, scene: Scene
) -> Iterator[Wrong]:
    """Read a row's own columns into it."""
    for key, (column, reader) in cells.items():
        given = raw.get(key)
        try:
            found: Any = None if given in (None, "") else reader(given, scene)
        except Wrong as reason:
            reason.facts = {**reason.facts, "key": key, "column": column.label}
            yield reason
            continue
        if found is not None:
            row[key] = found
        elif column.required:
            yield Wrong("row_required", key=key, column=column.label)


def _doubled(rows: list[Row]) -> Iterator[Wrong]:
    """Find a NIK that stands in two rows: nobody is heir or follower twice."""
    seen = set()
    for number, row in enumerate(rows, 1):
        nik = row.get("nik")
        if nik and nik in seen:
            reason = Wrong("row_doubled", nik=str(nik))
            reason.row = number
            yield reason
        seen.add(nik)
