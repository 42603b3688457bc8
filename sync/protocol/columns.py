"""Many changes as one table by column, in the order they were made, and back.

What is said of the act is one set of columns over all changes; what was answered is one table per
form and version, its columns named by the fields' permanent keys. Column names that this version
doesn't know come back in `Change.extra` (or stay in the answers) and are encoded again unchanged.
Ids of changes of the same batch are written as distances back, and a change's own id is never
written at all.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import force_setattr

from forms.engine.problem import Problem, Refused
from sync.protocol import wire
from sync.protocol.change import Body, Change, Number, change_id
from sync.protocol.packing import MISSING, ROWS_MAX, Room, pack, unpack

# The columns of the act; each is left out where no change has a value.
_PLAIN = ("device", "incarnation", "seq", "operator", "time", "act", "state", "salt", "erased")
_EMPTY: dict[str, Any] = {
    "state": "",
    "salt": b"",
    "erased": b"",
    "record": b"",
    "subject": b"",
    "base": {},
    "number": None,
    "reason": "",
    "paper": None,
}
_KNOWN = frozenset((*_PLAIN, "record", "subject", "base", "number", "reason", "paper", "table"))

YEAR_MAX = 9_999
POSITION_MAX = wire.WHOLE_MAX
ID_MAX = 32  # bytes; a digest is the longest
NAME_MAX = 200  # letters of a service, an act, a state
BEGINNINGS_MAX = 100_000  # of lists and maps in a table, beside what comes by chance
GROUPS_MAX = 1_000  # of one change; the longest form has a tenth

_NO_BEGINNING = bytes({*range(256)} - {*range(0x80, 0xA0), *range(0xDC, 0xE0)})
_WHOLE = frozenset({"seq", "time"})
NUL = "\0"  # no name or number has it, and PostgreSQL can't keep it in a text
_NAMES = frozenset({"act", "state"})
_IDS = frozenset({"device", "incarnation", "operator", "salt", "erased", "record", "subject"})

# What the values of each column may be, in the order in which a row is read; an id of the same
# batch is a distance back.
_ID: frozenset[type] = frozenset({bytes, int, type(None)})
_SHAPES: dict[str, frozenset[type]] = {
    "device": frozenset({bytes}),
    "incarnation": frozenset({bytes}),
    "seq": frozenset({int}),
    "operator": frozenset({bytes}),
    "time": frozenset({int}),
    "act": frozenset({str}),
    "state": frozenset({str}),
    "salt": frozenset({bytes}),
    "erased": frozenset({bytes}),
    "record": _ID,
    "subject": _ID,
    "base": frozenset({dict, type(None)}),
    "number": frozenset({list, type(None)}),
    "reason": frozenset({str, type(None)}),
    "paper": frozenset({dict, type(None)}),
}


def encode(changes: Sequence[Change]) -> bytes:
    """Encode changes; equal changes in equal order give equal bytes."""
    if len(changes) > ROWS_MAX:
        raise Refused(Problem("batch_too_many"))
    if not changes:
        return wire.encode({"rows": 0})
    place = {change.id: index for index, change in enumerate(changes)}
    columns: dict[str, list[Any]] = {}
    for name in _PLAIN:
        columns[name] = [getattr(change, name) for change in changes]
    columns["record"] = [_near(change.record, index, place) for index, change in enumerate(changes)]
    columns["subject"] = [
        _near(change.subject, index, place) for index, change in enumerate(changes)
    ]
    columns["base"] = [
        {group: _near(base, index, place) for group, base in change.base.items()}
        for index, change in enumerate(changes)
    ]
    columns["number"] = [
        None if change.number is None else list(_number(change.number)) for change in changes
    ]
    columns["reason"] = [change.body.reason for change in changes]
    columns["paper"] = [change.body.paper for change in changes]
    extra = sorted({name for change in changes for name in change.extra})
    for name in extra:
        columns[name] = [change.extra.get(name, MISSING) for change in changes]
    return wire.encode(
        {"rows": len(changes), "acts": _packed(columns), **_tables(changes)},
    )


def _packed(columns: dict[str, list[Any]]) -> dict[str, Any]:
    return {
        name: pack(values)
        for name, values in columns.items()
        if name not in _EMPTY or any(value != _EMPTY[name] for value in values)
    }


def _near(value: bytes, index: int, place: dict[bytes, int]) -> bytes | int:
    """An id as the distance back to the change of this batch that bears it, where there is one."""
    other = place.get(value) if value else None
    return value if other is None or other >= index else index - other


def _number(number: Number) -> tuple[str, int, int, str]:
    return number.series, number.year, number.position, number.text


def _tables(changes: Sequence[Change]) -> dict[str, Any]:
    """One table per form and version, and per change the index of its table."""
    members: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for change in changes:
        members.setdefault((change.service, change.version), []).append(change.body.answers)
    order = {name: index for index, name in enumerate(members)}
    tables = [
        {"form": [service, version], "answers": pack(answers)}
        for (service, version), answers in members.items()
    ]
    return {"tables": tables, "table": pack([order[c.service, c.version] for c in changes])}


def decode(data: bytes, *, rows_max: int = ROWS_MAX) -> list[Change]:
    """Decode what `encode` made, computing every id.

    Refused(message_malformed | column_malformed | batch_too_many) else.
    """
    _check_promise(data)
    plain = wire.decode(data, dict[str, Any])
    wire.check_exact(plain, data)
    rows = plain.get("rows")
    if not isinstance(rows, int) or rows < 0:
        raise Refused(Problem("column_malformed"))
    if rows > rows_max:
        raise Refused(Problem("batch_too_many", facts={"max": rows_max}))
    if rows == 0:
        return []
    try:
        return _decode(plain, rows)
    except (
        KeyError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        OverflowError,
        StopIteration,
    ) as error:
        raise Refused(Problem("column_malformed")) from error


def _check_promise(data: bytes) -> None:
    """Refuse what is made of beginnings: an empty list is one byte here and 72 in memory.

    Counted are bytes that could begin a list or a map; in text and ids they come by chance, up to a
    third of all in some scripts.
    """
    if len(data.translate(None, _NO_BEGINNING)) > BEGINNINGS_MAX + len(data) // 3:
        raise Refused(Problem("column_malformed"))


def _decode(plain: dict[str, Any], rows: int) -> list[Change]:
    room = Room()
    acts = {name: unpack(column, rows, room) for name, column in plain["acts"].items()}
    order = unpack(plain["table"], rows, room)
    if len(plain["tables"]) > rows:
        raise ValueError
    forms = [_form(table["form"]) for table in plain["tables"]]
    answers = [
        iter(_maps(unpack(table["answers"], order.count(index), room)))
        for index, table in enumerate(plain["tables"])
    ]
    columns = {name: _column(acts, name, rows) for name in _SHAPES}
    _maps([paper for paper in columns["paper"] if paper is not None])
    extra = _maps([{name: acts[name] for name in acts if name not in _KNOWN}])[0]
    ids: list[bytes] = []
    changes = []
    for row, act in enumerate(zip(*columns.values(), strict=True)):
        (device, incarnation, seq, operator, time, name, state, salt, erased) = act[:9]
        (record, subject, base, number, reason, paper) = act[9:]
        service, version = forms[order[row]]
        change = Change(
            device,
            incarnation,
            seq,
            operator,
            time,
            service,
            version,
            name,
            _far(record, row, ids),
            _far(subject, row, ids),
            _bases(base, row, ids) if base else {},
            state,
            None if number is None else _read_number(number),
            salt,
            Body(next(answers[order[row]]), reason or "", paper),
            b"",
            erased,
            {key: cells[row] for key, cells in extra.items() if cells[row] is not MISSING},
        )
        force_setattr(change, "id", change_id(change))  # frozen from here on
        ids.append(change.id)
        changes.append(change)
    return changes


def _column(acts: dict[str, list[Any]], name: str, rows: int) -> list[Any]:
    """Give one column of the act, refusing values that are not of a change's types."""
    values = acts.get(name)
    if values is None:
        if name not in _EMPTY:
            raise KeyError
        return [_EMPTY[name]] * rows
    if not _SHAPES[name].issuperset(map(type, values)):
        raise TypeError
    if name in _WHOLE and not -POSITION_MAX <= min(values) <= max(values) <= POSITION_MAX:
        raise ValueError
    if name in _NAMES and (max(map(len, values)) > NAME_MAX or any(NUL in v for v in values)):
        raise ValueError
    if name in _IDS and any(type(value) is bytes and len(value) > ID_MAX for value in values):
        raise ValueError
    return values


def _form(said: list[Any]) -> tuple[str, int]:
    service, version = str(said[0]), int(said[1])
    if len(service) > NAME_MAX or NUL in service or not 0 <= version <= POSITION_MAX:
        raise ValueError
    return service, version


def _read_number(value: list[Any]) -> Number:
    number = msgspec.convert(value, Number)
    if not (0 <= number.year <= YEAR_MAX and 0 <= number.position <= POSITION_MAX):
        raise ValueError
    if NUL in number.series or NUL in number.text:
        raise ValueError
    return number


def _maps(values: list[Any]) -> list[dict[str, Any]]:
    """Refuse what is no map with names as keys."""
    if not {dict}.issuperset(map(type, values)):
        raise TypeError
    if not {str}.issuperset(map(type, set[Any]().union(*values))):
        raise TypeError
    return values


def _bases(base: Any, row: int, ids: list[bytes]) -> dict[str, bytes]:
    [checked] = _maps([base])
    if len(checked) > GROUPS_MAX:
        raise ValueError
    if any(NUL in group for group in checked):
        raise ValueError
    if not _ID.issuperset(map(type, checked.values())):
        raise TypeError
    if any(type(value) is bytes and len(value) > ID_MAX for value in checked.values()):
        raise ValueError
    return {group: _far(value, row, ids) for group, value in checked.items()}


def _far(value: bytes | int | None, row: int, ids: list[bytes]) -> bytes:
    if isinstance(value, int):
        if not 0 < value <= row:
            raise IndexError
        return ids[row - value]
    return value or b""
