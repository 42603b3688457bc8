"""One service's form, ready to use: fields in order, their readers and rules, machine, letter."""

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from tomllib import loads
from types import MappingProxyType
from typing import Any

import msgspec

from forms.engine import kinds
from forms.engine.answers import Value
from forms.engine.codes import Choice
from forms.engine.kinds.choice import options
from forms.engine.machine import Machine
from forms.engine.rule import Rule
from forms.engine.spec import (
    SIGNERS,
    Field,
    FormSpec,
    LetterSpec,
    Retention,
    Signer,
    TileSpec,
    Validity,
)

STATE = "state"  # The merge group that belongs to the machine.
EXAMPLES = "examples.toml"


class Section(msgspec.Struct, frozen=True):
    """One titled part of a form, with its fields that are still asked."""

    title: str
    fields: tuple[Field, ...]


class Sheet(msgspec.Struct, frozen=True):
    """A further sheet behind a letter; printed where its rule holds, or always without one."""

    name: str
    template: str
    visible: Rule | None = None


class Letter(msgspec.Struct, frozen=True):
    """What makes a form a letter (see LetterSpec); `template` is the text of its letter.typ."""

    title: str
    classification: str
    validity: Validity
    template: str
    kind: str = "letter"
    model: str = ""
    valid_until: str = ""
    camat: bool | Rule = False
    holder: bool = False
    signers: tuple[Signer, ...] = SIGNERS
    standard_minutes: int = 0
    pages: int = 1
    copies: tuple[str, ...] = ()
    row: int = 0
    sheets: tuple[Sheet, ...] = ()

    def shows_camat(self, answers: Mapping[str, Value], today: str) -> bool:
        """Tell whether the camat signs this letter too; `today` is an ISO date."""
        return self.camat.holds(answers, today) if isinstance(self.camat, Rule) else self.camat

    def printed_sheets(self, answers: Mapping[str, Value], today: str) -> tuple[Sheet, ...]:
        """List the sheets that go with these answers; `today` is an ISO date."""
        return tuple(s for s in self.sheets if not s.visible or s.visible.holds(answers, today))


class Tile(msgspec.Struct, frozen=True):
    """One place of a form on the live room; forms of a group share those of the group by `name`."""

    name: str
    spec: TileSpec


class Step:
    """One field with its reader and its rules, compiled once."""

    __slots__ = ("always", "check", "compute", "field", "key", "read", "required", "visible")

    def __init__(self, field: Field) -> None:
        self.field = field
        self.key = field.key
        self.read = kinds.reader(field)
        self.visible = Rule(field.visible) if field.visible else None
        self.compute = Rule(field.compute) if field.compute else None
        self.check = Rule(field.check) if field.check else None
        self.always = field.required is True and not field.retired
        named = isinstance(field.required, str) and not field.retired
        self.required = Rule(str(field.required)) if named else None


class Form:
    """A form; readers and rules are made with the first use, so that a start is short."""

    def __init__(
        self, spec: FormSpec, sections: tuple[tuple[str, tuple[Field, ...]], ...], machine: Machine
    ) -> None:
        self.code = spec.code
        self.title = spec.title
        self.version = spec.version
        self.group = spec.group
        self.subject = spec.subject
        self.internal = spec.internal
        self.searched = spec.searched and not spec.internal
        self.place = spec.place
        self.routes = spec.routes
        self.edges = {edge.act: edge for edge in spec.edge}
        self.office_kinds = spec.office_kinds
        self.machine = machine
        self.letter: Letter | None = None
        self.retention = spec.retention or Retention()
        self.tiles: tuple[Tile, ...] = ()
        self.files: tuple[Path, ...] = ()
        self.sections = tuple(
            Section(title, tuple(field for field in fields if not field.retired))
            for title, fields in sections
        )
        everything = [field for _, fields in sections for field in fields]
        self.fields: Mapping[str, Field] = MappingProxyType({f.key: f for f in everything})
        self.unique = tuple(field.key for field in everything if field.unique)
        groups: dict[str, tuple[str, ...]] = {}
        for field in everything:
            name = field.group or field.key
            groups[name] = (*groups.get(name, ()), field.key)
        self.groups: Mapping[str, tuple[str, ...]] = MappingProxyType(groups)
        self._group_of = {key: group for group, keys in groups.items() for key in keys}

    def __repr__(self) -> str:
        return f"<Form {self.code} v{self.version}>"

    def group_of(self, key: str) -> str:
        """Name the merge group of a field; a field that this version doesn't know is its own."""
        return self._group_of.get(key, key)

    def choices(self, key: str) -> tuple[Choice, ...]:
        """List what may be chosen in a field; empty for other kinds."""
        return options(self.fields[key])

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """Every field with its reader and rules, in order."""
        return tuple(Step(field) for field in self.fields.values())

    @cached_property
    def ruled(self) -> tuple[Step, ...]:
        """The few fields that rules hide or compute; the others need no second look."""
        return tuple(step for step in self.steps if step.visible or step.compute)

    @cached_property
    def judged(self) -> tuple[Step, ...]:
        """The fields that may be missing or have a check."""
        return tuple(s for s in self.steps if s.always or s.required or s.check)

    @property
    def folder(self) -> Path:
        """The service's folder."""
        return self.files[0].parent

    @cached_property
    def cases(self) -> tuple[dict[str, Any], ...]:
        """The cases of the examples file, tokens and all; read when first asked for."""
        cases: list[dict[str, Any]] = loads((self.folder / EXAMPLES).read_text("utf-8"))["case"]
        return tuple(cases)

    @property
    def example(self) -> dict[str, Any]:
        """The first case that passes, tokens like `{area}` unfilled (see example.fill)."""
        for case in self.cases:
            if not case.get("problems"):
                return dict(case["answers"])
        return {}


def letter_of(spec: LetterSpec, template: str, sheets: Mapping[str, str] = {}) -> Letter:
    """Join what the form file says of a letter with its template and those of its sheets."""
    return Letter(
        spec.title,
        spec.classification,
        spec.validity,
        template,
        kind=spec.kind,
        model=spec.model,
        valid_until=spec.valid_until,
        camat=Rule(spec.camat) if isinstance(spec.camat, str) else spec.camat,
        holder=spec.holder,
        signers=spec.signers,
        standard_minutes=spec.standard_minutes,
        pages=spec.pages,
        copies=spec.copies,
        row=spec.row,
        sheets=tuple(
            Sheet(
                sheet.template,
                sheets[sheet.template],
                Rule(sheet.visible) if sheet.visible else None,
            )
            for sheet in spec.sheet
        ),
    )
