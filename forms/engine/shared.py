"""What several forms include: sections, state machines, parties, papers of checklists, sheets."""

from functools import cached_property
from pathlib import Path
from typing import Any

from forms.engine import live, machine, retention
from forms.engine.machine import Machine
from forms.engine.problem import Problem
from forms.engine.source import Address, Source
from forms.engine.spec import Item, MachineAddition, MachineSpec, Retention, TileSpec

PARTIES = "shared/parties.toml"
CHECKLIST = "shared/checklist.toml"
SHEETS = "shared/sheets"


class Shared:
    """The shared files below one root; each is read once, when a form first names it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sources: dict[str, Source] = {}
        self._machines: dict[str, MachineSpec | None] = {}
        self._tables: dict[int, tuple[MachineSpec, Machine, tuple[Problem, ...]]] = {}
        self.sections: dict[str, Any] = {}  # the fields of each included section, read once

    def source(self, name: str) -> Source:
        """Read a file below the root, or give it again."""
        if name not in self.sources:
            self.sources[name] = Source.read(self.root / name, name)
        return self.sources[name]

    def section(self, name: str) -> Source:
        """Read an included section."""
        return self.source(f"shared/sections/{name}.toml")

    def machine(self, name: str) -> MachineSpec | None:
        """Read a shared state machine, with what it extends; None where it is broken."""
        if name not in self._machines:
            self._machines[name] = None  # a machine that extends itself finds nothing
            self._machines[name] = self._read_machine(name)
        return self._machines[name]

    def table(self, spec: MachineSpec) -> tuple[Machine, tuple[Problem, ...]]:
        """Make a spec's machine and find its faults, once for all the forms that share it."""
        if id(spec) not in self._tables:  # which is kept beside, so that its id stays its own
            self._tables[id(spec)] = spec, Machine(spec), tuple(machine.faults(spec))
        return self._tables[id(spec)][1:]

    def party(self, source: Source, given: Any, address: Address) -> Any:
        """Give a party's table: the one that is named, with what the form changes of it."""
        name = given if isinstance(given, str) else None
        if isinstance(given, dict) and "like" in given:
            name = str(given["like"])
        if name is None:
            return given
        known = self.source(PARTIES).data.get(name)
        if not isinstance(known, dict):
            source.add("party_unknown", address, party=name)
            return None
        own = {key: value for key, value in given.items() if key != "like"} if name != given else {}
        return {**known, **own}

    def checklist(self, source: Source, given: Any, address: Address) -> list[dict[str, Any]]:
        """Give the attachments of a section's checklist, each as the table of a field."""
        if not isinstance(given, dict):
            source.add("toml_value", address, key="checklist", reason="Expected `object`")
            return []
        fields = []
        for key, said in given.items():
            at = (*address, key)
            table = said if isinstance(said, dict) else {"required": said}
            item = source.convert(table, Item, at)
            if item is None:
                continue
            label = item.label or self._paper(key)
            if not label:
                source.add("checklist_unknown", at, key=key)
                continue
            field = {"key": key, "kind": "attachment", "label": label, "required": item.required}
            fields.append({**field, "visible": item.visible, "hint": item.hint})
        return fields

    @cached_property
    def kept(self) -> dict[str, Retention]:
        """How long the records of each group are kept."""
        return retention.rules(self.root)

    @cached_property
    def tiles(self) -> dict[str, tuple[TileSpec, ...]]:
        """What each group shows on the live room."""
        return live.of_groups(self.root)

    def sheet(self, folder: Path, name: str) -> Path | None:
        """Find a sheet of a letter: in its own folder, else among the shared ones."""
        places: tuple[Path, ...] = (folder / name, self.root / SHEETS / name)
        plain = "/" not in name and name.endswith(".typ")
        return next((path for path in places if plain and path.is_file()), None)

    def _paper(self, key: str) -> str:
        return str(self.source(CHECKLIST).data.get(key, ""))

    def _read_machine(self, name: str) -> MachineSpec | None:
        source = self.source(f"shared/states/{name}.toml")
        if source.problems:
            return None
        if "extends" not in source.data:
            return source.convert(source.data, MachineSpec)
        more = source.convert(source.data, MachineAddition)
        basis = self.machine(more.extends) if more else None
        return machine.extended(basis, more) if basis and more else None
