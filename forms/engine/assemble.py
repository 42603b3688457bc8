"""Makes a form of its files: head, sections with what they include, machine, letter.

Every problem of every file is noted on its source; a form is made only where there is none.
"""

from pathlib import Path
from typing import Any

import msgspec

from forms.engine import edge_judgement, judgement, letter_judgement, live, retention
from forms.engine.form import EXAMPLES, Form, letter_of
from forms.engine.judgement import Placed
from forms.engine.shared import Shared
from forms.engine.source import Address, Source
from forms.engine.spec import Field, FormSpec, LetterSpec, MachineSpec, SectionSpec

__all__ = ["FORM", "LETTER", "Shared", "form"]

FORM = "form.toml"
LETTER = "letter.typ"


def form(root: Path, folder: Path, shared: Shared) -> tuple[Source, Form | None]:
    """Make the form of one folder; None where its source now has problems."""
    name = f"{folder.relative_to(root).as_posix()}/{FORM}"
    source = shared.source(name)
    if source.problems:
        return source, None
    data = dict(source.data)
    tables = data.pop("section", [])
    said = data.pop("letter", None)
    letter = None if said is None else source.convert(said, LetterSpec, ("letter",))
    head = source.convert(data, FormSpec)
    sections = _sections(source, tables, shared)
    if head is None or source.problems:
        return source, None
    judgement.judge_head(source, head, folder.relative_to(root).as_posix())
    placed = [entry for _, fields in sections for entry in fields]
    judgement.judge_fields(source, placed)
    judgement.judge_place(source, head.place, placed)
    spec = _machine(source, head, shared)
    head = _kept(source, head, shared)
    texts = _texts(source, letter, folder, shared)
    if letter and spec:
        letter_judgement.judge(source, letter, spec, [entry.field for entry in placed])
    if spec:
        live.judge(source, head.tile, spec, [entry.field for entry in placed])
        edge_judgement.judge(source, head, spec, [entry.field for entry in placed])
    if spec is None or source.problems or any(entry.source.problems for entry in placed):
        return source, None
    made = Form(
        head,
        tuple((title, tuple(entry.field for entry in fields)) for title, fields in sections),
        shared.table(spec)[0],
    )
    made.tiles = live.of_form(head, spec, shared.tiles.get(head.group, ()))
    made.files = (folder / FORM, folder / EXAMPLES)
    if letter:
        sheets = {path.name: text for path, text in texts.items() if path.name != LETTER}
        made.letter = letter_of(letter, texts[folder / LETTER], sheets)
        made.files += tuple(texts)
    return source, made


def _kept(source: Source, head: FormSpec, shared: Shared) -> FormSpec:
    """Give the head with how long its records are kept: by its own word, or its group's."""
    if head.retention is None:
        return msgspec.structs.replace(head, retention=shared.kept.get(head.group))
    for code in retention.faults(head.retention):
        source.add(code, ("retention",), group=head.group)
    return head


def _sections(source: Source, tables: Any, shared: Shared) -> list[tuple[str, list[Placed]]]:
    if not isinstance(tables, list):
        source.add("toml_value", ("section",), key="section", reason="Expected `array`")
        return []
    sections = []
    for number, table in enumerate(tables):
        address: Address = ("section", number)
        given = dict(table) if isinstance(table, dict) else table
        papers = given.pop("checklist", {}) if isinstance(given, dict) else {}
        fields = _fields(source, table, address, shared)
        spec = source.convert(_without(given, "field"), SectionSpec, address)
        listed = _checklist(source, papers, (*address, "checklist"), shared)
        if spec is None:
            continue
        before: list[Placed] = []
        if spec.include:
            included = shared.section(spec.include)
            if spec.include not in shared.sections:
                shared.sections[spec.include] = _fields(included, included.data, (), shared)
            before = shared.sections[spec.include]
            if included.problems:
                source.add("include_broken", (*address, "include"), include=spec.include)
        sections.append((spec.title, before + listed + fields))
    return sections


def _fields(source: Source, table: Any, address: Address, shared: Shared) -> list[Placed]:
    """Read the fields of a table one by one, so that one wrong field hides no other."""
    entries = table.get("field", []) if isinstance(table, dict) else []
    fields = []
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries]):
        at = (*address, "field", number)
        field = source.convert(_with_party(source, entry, at, shared), Field, at)
        if field is not None:
            fields.append(judgement.placed(field, source, at))
    return fields


def _with_party(source: Source, entry: Any, address: Address, shared: Shared) -> Any:
    if not isinstance(entry, dict) or "party" not in entry:
        return entry
    return {**entry, "party": shared.party(source, entry["party"], (*address, "party"))}


def _checklist(source: Source, papers: Any, address: Address, shared: Shared) -> list[Placed]:
    """Make the fields of a checklist; each stands at its own line."""
    return [
        judgement.placed(msgspec.convert(table, Field), source, (*address, table["key"]))
        for table in shared.checklist(source, papers, address)
    ]


def _without(table: Any, key: str) -> Any:
    return {k: v for k, v in table.items() if k != key} if isinstance(table, dict) else table


def _machine(source: Source, head: FormSpec, shared: Shared) -> MachineSpec | None:
    if isinstance(head.states, MachineSpec):
        spec: MachineSpec | None = head.states
    else:
        spec = shared.machine(head.states)
        if spec is None:
            source.add("states_broken", ("states",), states=head.states)
    for problem in shared.table(spec)[1] if spec else ():
        facts = {"file": source.name, **problem.facts}
        source.problems.append(
            msgspec.structs.replace(problem, facts=facts, row=source.line(("states",)))
        )
    return spec


def _texts(
    source: Source, letter: LetterSpec | None, folder: Path, shared: Shared
) -> dict[Path, str]:
    """Read a letter's source and those of its sheets; what can't be read is noted."""
    if letter is None:
        return {}
    texts = {}
    try:
        texts[folder / LETTER] = (folder / LETTER).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        source.add("letter_template", ("letter",))
    for number, sheet in enumerate(letter.sheet):
        path = shared.sheet(folder, sheet.template)
        try:
            if path is not None:
                texts[path] = path.read_text("utf-8")
                continue
        except (OSError, UnicodeDecodeError):
            pass
        source.add("sheet_missing", ("letter", "sheet", number), sheet=sheet.template)
    return texts
