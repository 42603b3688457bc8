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

from forms.engine.problem import Problem, Refused
from sync.protocol import wire
from sync.protocol.change import Change, Number, change_id
from sync.protocol.packing import MISSING, ROWS_MAX, pack, unpack

# The columns of the act; each is left out where no change has a value.
_PLAIN = ("device", "incarnation", "seq", "operator", "time", "act", "state", "salt", "erased")
_EMPTY: dict[str, Any] = {"state": "", "salt": b"", "erased": b""}
_KNOWN = frozenset((*_PLAIN, "record", "subject", "base", "number", "reason", "paper", "table"))


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
    empty = {
        "record": b"",
        "subject": b"",
        "base": {},
        "number": None,
        "reason": "",
        "paper": None,
        **_EMPTY,
    }
    return {
        name: pack(values)
        for name, values in columns.items()
        if name not in empty or any(value != empty[name] for value in values)
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

    Refused(column_malformed | batch_too_many) else.
    """
    plain = wire.decode(data, dict[str, Any])
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
        StopIteration,
    ) as error:
        raise Refused(Problem("column_malformed")) from error


def _decode(plain: dict[str, Any], rows: int) -> list[Change]:
    acts = {name: unpack(column, rows) for name, column in plain["acts"].items()}
    for name, value in _EMPTY.items():
        acts.setdefault(name, [value] * rows)
    order = unpack(plain["table"], rows)
    forms = [(str(t["form"][0]), int(t["form"][1])) for t in plain["tables"]]
    answers = [
        iter(unpack(table["answers"], order.count(index)))
        for index, table in enumerate(plain["tables"])
    ]
    extra = {name: values for name, values in acts.items() if name not in _KNOWN}
    ids: list[bytes] = []
    changes = []
    for row in range(rows):
        service, version = forms[order[row]]
        act = {name: acts[name][row] for name in _PLAIN}
        act["service"], act["version"] = service, version
        act["record"] = _far(_cell(acts, "record", row), row, ids)
        act["subject"] = _far(_cell(acts, "subject", row), row, ids)
        base = _cell(acts, "base", row) or {}
        act["base"] = {group: _far(value, row, ids) for group, value in base.items()}
        act["number"] = _cell(acts, "number", row)
        act["body"] = {
            "answers": next(answers[order[row]]),
            "reason": _cell(acts, "reason", row) or "",
            "paper": _cell(acts, "paper", row),
        }
        act["extra"] = {n: cells[row] for n, cells in extra.items() if cells[row] is not MISSING}
        change = _named(act)
        ids.append(change.id)
        changes.append(change)
    return changes


def _cell(acts: dict[str, list[Any]], name: str, row: int) -> Any:
    values = acts.get(name)
    return None if values is None else values[row]


def _far(value: bytes | int | None, row: int, ids: list[bytes]) -> bytes:
    if isinstance(value, int):
        if not 0 < value <= row:
            raise IndexError
        return ids[row - value]
    return value or b""


def _named(act: dict[str, Any]) -> Change:
    """Build the change, refusing values that are not of a change's types, and give it its id."""
    change = msgspec.convert(act, Change)
    msgspec.structs.force_setattr(change, "id", change_id(change))  # frozen from here on
    return change
