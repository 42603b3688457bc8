"""What services show on the city's live room: read, judged, and given to each form.

A tile is data: a form's own `[[tile]]`, or one of its group in shared/live.toml, in which every
form of the group takes part whose machine knows the tile's acts and states.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from forms.engine.form import Form, Tile
from forms.engine.problem import Problem
from forms.engine.source import Address, Source
from forms.engine.spec import Field, FormSpec, MachineSpec, TileSpec

FILE = "shared/live.toml"  # by group
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_EACH = frozenset({"key", "kind", "label", "means"})
# What a kind of tile needs, and what it may have beside.
_NEEDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "count": (frozenset({"acts"}), frozenset({"undone"})),
    "time": (frozenset({"acts"}), frozenset({"undone", "paused"})),
    "open": (frozenset({"states"}), frozenset({"paused", "due"})),
    "index": (frozenset({"fields", "scale"}), frozenset()),
    "series": (frozenset({"fields", "item", "unit"}), frozenset()),
}
_ACTS = ("acts", "undone")
_STATES = ("states", "paused")
_NUMBERS = frozenset({"number", "money"})
BEGINS = ("new", "edit")  # acts that every record has, whatever its machine


def of_groups(root: Path) -> dict[str, tuple[TileSpec, ...]]:
    """Read the tiles of the groups; one that is wrong is none (`lint` says how)."""
    return dict(_read(_source(root)))


def of_form(head: FormSpec, machine: MachineSpec, group: Sequence[TileSpec]) -> tuple[Tile, ...]:
    """Give the tiles of a form: its own, and those of its group in which it takes part."""
    own = [Tile(f"{head.code}/{spec.key}", spec) for spec in head.tile]
    if head.internal:
        return tuple(own)
    acts, states = _acts(machine), set(machine.states)
    shared = [
        Tile(f"{head.group}/{spec.key}", spec)
        for spec in group
        if acts.issuperset(spec.acts) and states.issuperset(spec.states)
    ]
    return (*shared, *own)


def judge(
    source: Source, tiles: Sequence[TileSpec], machine: MachineSpec, fields: Sequence[Field]
) -> None:
    """Note all that is wrong with the tiles of a form file."""
    known = {field.key: field for field in fields}
    for number, tile in enumerate(tiles):
        address: Address = ("tile", number)
        _judge_shape(source, tile, tiles[:number], address)
        _judge_names(source, tile, _acts(machine), machine.states, address)
        for key, name in _named_fields(tile):
            if name not in known or not _fits(key, known[name], tile):
                source.add("tile_field", (*address, key), field=name, tile=tile.key)


def lint(root: Path, forms: Collection[Form]) -> list[Problem]:
    """Find what is wrong with the tiles of the groups."""
    source = _source(root)
    for group, tiles in _read(source):
        members = [form for form in forms if form.group == group]
        acts = {row.action for form in members for row in form.machine.actions}.union(BEGINS)
        states = {state for form in members for state in form.machine.states}
        for number, tile in enumerate(tiles):
            _judge_names(source, tile, acts, states, (group, number))
    return source.problems


def _read(source: Source) -> Iterator[tuple[str, tuple[TileSpec, ...]]]:
    for group, tables in source.data.items():
        read: list[TileSpec] = []
        for number, table in enumerate(tables if isinstance(tables, list) else [tables]):
            tile = source.convert(table, TileSpec, (group, number))
            known = len(source.problems)
            if tile is not None:
                _judge_shape(source, tile, read, (group, number))
                for key, name in _named_fields(tile):
                    source.add("tile_group", (group, number, key), field=name, tile=tile.key)
                if len(source.problems) == known:
                    read.append(tile)
        yield group, tuple(read)


def _judge_shape(
    source: Source, tile: TileSpec, before: Iterable[TileSpec], address: Address
) -> None:
    if not _KEY.fullmatch(tile.key) or tile.key in {other.key for other in before}:
        source.add("tile_key", (*address, "key"), tile=tile.key)
    for key in ("label", "means"):
        if not getattr(tile, key).strip():
            source.add("text_missing", (*address, key), key=key)
    needs, allows = _NEEDS[tile.kind]
    given = {key for key in TileSpec.__struct_fields__ if getattr(tile, key)} - _EACH
    for key in sorted(needs - given):
        source.add("tile_needs", address, tile=tile.key, kind=tile.kind, key=key)
    for key in sorted(given - needs - allows):
        source.add("tile_strange", (*address, key), tile=tile.key, kind=tile.kind, key=key)
    if tile.kind == "series" and len(tile.fields) > 1:
        source.add(
            "tile_strange", (*address, "fields"), tile=tile.key, kind=tile.kind, key="fields"
        )


def _judge_names(
    source: Source, tile: TileSpec, acts: Collection[str], states: Collection[str], at: Address
) -> None:
    for keys, known, code in ((_ACTS, acts, "tile_act"), (_STATES, states, "tile_state")):
        for key in keys:
            for name in getattr(tile, key):
                if name not in known:
                    source.add(code, (*at, key), tile=tile.key, name=name)


def _named_fields(tile: TileSpec) -> Iterator[tuple[str, str]]:
    yield from (("fields", name) for name in tile.fields)
    yield from ((key, getattr(tile, key)) for key in ("item", "due") if getattr(tile, key))


def _fits(key: str, field: Field, tile: TileSpec) -> bool:
    """Tell whether a field is of a kind that the tile can reckon with."""
    if key == "due":
        return field.kind == "date"
    if key == "item":
        return field.kind in {"choice", "region"}
    # The answers of a survey are often choices whose values are figures.
    return field.kind in _NUMBERS or (tile.kind == "index" and field.kind == "choice")


def _acts(machine: MachineSpec) -> set[str]:
    return {*BEGINS, *(row.name for row in machine.action)}


def _source(root: Path) -> Source:
    path = root / FILE
    return Source.read(path, FILE) if path.is_file() else Source(FILE, b"")
