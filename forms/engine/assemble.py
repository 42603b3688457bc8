"""Makes a form of its files: head, sections with what they include, machine, letter.

Every problem of every file is noted on its source; a form is made only where there is none.
"""

from pathlib import Path
from typing import Any

import msgspec

from forms.engine import judgement, machine
from forms.engine.form import EXAMPLES, Form, letter_of
from forms.engine.judgement import Placed
from forms.engine.machine import Machine
from forms.engine.source import Address, Source
from forms.engine.spec import Field, FormSpec, MachineSpec, SectionSpec

FORM = "form.toml"
LETTER = "letter.typ"


class Shared:
    """What several forms include; each file is read once."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sources: dict[str, Source] = {}
        self._machines: dict[str, MachineSpec | None] = {}

    def source(self, name: str) -> Source:
        """Read a file below the root, or give it again."""
        if name not in self.sources:
            self.sources[name] = Source.read(self.root / name, name)
        return self.sources[name]

    def section(self, name: str) -> tuple[Source, list[Placed]]:
        """Read an included section's fields."""
        source = self.source(f"shared/sections/{name}.toml")
        return source, _fields(source, source.data, ())

    def machine(self, name: str) -> MachineSpec | None:
        """Read a shared state machine."""
        if name not in self._machines:
            source = self.source(f"shared/states/{name}.toml")
            spec = None if source.problems else source.convert(source.data, MachineSpec)
            self._machines[name] = spec
        return self._machines[name]


def form(root: Path, folder: Path, shared: Shared) -> tuple[Source, Form | None]:
    """Make the form of one folder; None where its source now has problems."""
    name = f"{folder.relative_to(root).as_posix()}/{FORM}"
    source = shared.source(name)
    if source.problems:
        return source, None
    data = dict(source.data)
    tables = data.pop("section", [])
    head = source.convert(data, FormSpec)
    sections = _sections(source, tables, shared)
    if head is None or source.problems:
        return source, None
    judgement.judge_head(source, head, folder.relative_to(root).as_posix())
    placed = [entry for _, fields in sections for entry in fields]
    judgement.judge_fields(source, placed)
    spec = _machine(source, head, shared)
    template = _template(source, head, folder)
    if spec is None or source.problems or any(entry.source.problems for entry in placed):
        return source, None
    made = Form(
        head,
        tuple((title, tuple(entry.field for entry in fields)) for title, fields in sections),
        Machine(spec),
    )
    made.files = (folder / FORM, folder / EXAMPLES)
    if head.letter:
        made.letter = letter_of(head.letter, template)
        made.files += (folder / LETTER,)
    return source, made


def _sections(source: Source, tables: Any, shared: Shared) -> list[tuple[str, list[Placed]]]:
    if not isinstance(tables, list):
        source.add("toml_value", ("section",), key="section", reason="Expected `array`")
        return []
    sections = []
    for number, table in enumerate(tables):
        address: Address = ("section", number)
        fields = _fields(source, table, address)
        spec = source.convert(_without(table, "field"), SectionSpec, address)
        if spec is None:
            continue
        if spec.include:
            included, before = shared.section(spec.include)
            if included.problems:
                source.add("include_broken", (*address, "include"), include=spec.include)
            fields = before + fields
        sections.append((spec.title, fields))
    return sections


def _fields(source: Source, table: Any, address: Address) -> list[Placed]:
    """Read the fields of a table one by one, so that one wrong field hides no other."""
    entries = table.get("field", []) if isinstance(table, dict) else []
    fields = []
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        at = (*address, "field", number)
        field = source.convert(entry, Field, at)
        if field is not None:
            fields.append(Placed(field, source, at))
    return fields


def _without(table: Any, key: str) -> Any:
    return {k: v for k, v in table.items() if k != key} if isinstance(table, dict) else table


def _machine(source: Source, head: FormSpec, shared: Shared) -> MachineSpec | None:
    if isinstance(head.states, MachineSpec):
        spec: MachineSpec | None = head.states
    else:
        spec = shared.machine(head.states)
        if spec is None:
            source.add("states_broken", ("states",), states=head.states)
    for problem in machine.faults(spec) if spec else ():
        facts = {"file": source.name, **problem.facts}
        source.problems.append(
            msgspec.structs.replace(problem, facts=facts, row=source.line(("states",)))
        )
    return spec


def _template(source: Source, head: FormSpec, folder: Path) -> str:
    if head.letter is None:
        return ""
    try:
        return (folder / LETTER).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        source.add("letter_template", ("letter",))
        return ""
