"""Judges what a form file says of its fields, beyond their shape; only at load."""

import datetime as dt
import keyword
import re
from collections.abc import Callable, Iterator

import msgspec

from forms.engine import codes, parts
from forms.engine.form import STATE
from forms.engine.rule import AMBIENT, FUNCTIONS, Rule, RuleError
from forms.engine.source import Address, Source
from forms.engine.spec import Field, FormSpec, Kind

OFFICE_KINDS = (
    "kelurahan",
    "kecamatan",
    "puskesmas",
    "hospital",
    "school",
    "dinas",
    "police",
    "field",
)
FIELDS_MAX = 200  # The longest civil form (F-1.01) has 41 columns; more is several forms.
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_TAKEN = frozenset({STATE, *AMBIENT, *FUNCTIONS})
_TEXTS: frozenset[Kind] = frozenset({"text", "paragraph", "note"})
_NUMBERS: frozenset[Kind] = frozenset({"number", "money"})
_CHOICES: frozenset[Kind] = frozenset({"choice", "choices"})
_COUNTED: frozenset[Kind] = _TEXTS | _NUMBERS | {"rows"}
_CELLS: frozenset[Kind] = _NUMBERS | {
    "text", "date", "time", "yes_no", "choice", "nik", "kk", "phone", "region"
}  # fmt: skip
_NEVER_UNIQUE: frozenset[Kind] = frozenset(
    {"paragraph", "note", "choices", "person", "attachment", "rows"}
)
_COMPUTABLE: frozenset[Kind] = _TEXTS | _NUMBERS | {"date", "time", "yes_no", "choice"}


Fault = tuple[str, str, str]  # code, key of the table, fact


class Placed(msgspec.Struct, frozen=True):
    """A field with the file and the table that it stands in, and its `faults` by itself."""

    field: Field
    source: Source
    address: Address
    faults: tuple[Fault, ...]

    def add(self, code: str, key: str = "key", **facts: str) -> None:
        """Note a problem at one key of this field."""
        # A shared section's problem is the same in every form that includes it.
        known = len(self.source.problems)
        self.source.add(code, (*self.address, key), field=self.field.key, **facts)
        if self.source.problems[-1] in self.source.problems[:known]:
            self.source.problems.pop()


def placed(field: Field, source: Source, address: Address) -> Placed:
    """Place a field and judge it by itself, once for all the forms that include it."""
    faults = tuple(fault for judge in _JUDGES for fault in judge(field))
    return Placed(field, source, address, faults)


def judge_head(source: Source, head: FormSpec, folder: str) -> None:
    """Judge what stands above the sections."""
    if head.code != folder:
        source.add("form_code", ("code",), code=head.code, folder=folder)
    if head.version < 1:
        source.add("form_version", ("version",))
    if not _KEY.fullmatch(head.group):
        source.add("form_group", ("group",), group=head.group)
    for kind in head.office_kinds:
        if kind not in OFFICE_KINDS:
            source.add("office_kind", ("office_kinds",), kind=kind)


def judge_fields(source: Source, placed: list[Placed]) -> None:
    """Judge each field, and the fields together: doubled keys, groups, the order of rules."""
    if not 0 < len(placed) <= FIELDS_MAX:
        source.add("form_fields", max=str(FIELDS_MAX))
    keys = {entry.field.key for entry in placed}
    earlier: set[str] = set()
    for entry in placed:
        for code, key, fact in entry.faults:
            entry.add(code, key, fact=fact)
        if entry.field.key in earlier:
            entry.add("key_doubled")
        _judge_rules(entry, keys, earlier)
        earlier.add(entry.field.key)
    groups = {entry.field.key: entry.field.group for entry in placed}
    for entry in placed:
        for key, other in (("born", entry.field.born), ("sex", entry.field.sex)):
            if other and (entry.field.kind != "nik" or other not in earlier):
                entry.add("rule_name", key, fact=other)
        group = entry.field.group
        if group == STATE or (group in groups and groups[group] != group):
            entry.add("group_name", "group", group=group)
        if entry.field.renamed_from in earlier:
            entry.add("key_doubled", "renamed_from")


def judge_place(source: Source, place: str, placed: list[Placed]) -> None:
    """Judge the name of the field whose area decides which offices hold a record."""
    if place and not any(e.field.key == place and e.field.kind == "region" for e in placed):
        source.add("form_place", ("place",), place=place)


def _judge_key(field: Field) -> Iterator[Fault]:
    if not _KEY.fullmatch(field.key) or keyword.iskeyword(field.key) or field.key in _TAKEN:
        yield "key_name", "key", field.key
    if not field.label.strip():
        yield "label_missing", "label", ""
    if field.prefill and not _KEY.fullmatch(field.prefill):
        yield "key_name", "prefill", field.prefill


def _judge_choices(field: Field) -> Iterator[Fault]:
    if field.kind not in _CHOICES:
        if field.choices:
            yield "not_for_kind", "choices", field.kind
        return
    if isinstance(field.choices, str):
        if not codes.exists(field.choices):
            yield "code_list_unknown", "choices", field.choices
        return
    values = [choice.value for choice in field.choices]
    labels = [codes.plain(choice.label) for choice in field.choices]
    if not values or not all(values) or not all(labels):
        yield "choices_empty", "choices", ""
    if len({*values}) < len(values) or len({*labels}) < len(labels):
        yield "choices_doubled", "choices", ""


def _judge_bounds(field: Field) -> Iterator[Fault]:
    if field.kind not in _COUNTED and (field.min, field.max) != (None, None):
        yield "not_for_kind", "min" if field.max is None else "max", field.kind
    if field.min is not None and field.max is not None and field.min > field.max:
        yield "bounds_crossed", "min", ""
    for key, given in (("earliest", field.earliest), ("latest", field.latest)):
        if given and field.kind != "date":
            yield "not_for_kind", key, field.kind
        elif given and given != "today" and not _is_date(given):
            yield "bound_date", key, given
    if field.level and field.kind != "region":
        yield "not_for_kind", "level", field.kind
    if field.digits and (field.kind != "text" or field.digits < 0):
        yield "not_for_kind", "digits", field.kind


def _judge_together(field: Field) -> Iterator[Fault]:
    if bool(field.check) != bool(field.message):
        yield "check_message", "check" if field.check else "message", ""
    if field.compute and (field.kind not in _COMPUTABLE or field.required):
        yield "not_for_kind", "compute", field.kind
    if field.unique and field.kind in _NEVER_UNIQUE:
        yield "not_for_kind", "unique", field.kind


def _judge_party(field: Field) -> Iterator[Fault]:
    if field.party is None:
        return
    if field.kind not in {"person", "rows"}:
        yield "not_for_kind", "party", field.kind
    if "nama" not in field.party.asks:
        yield "party_asks", "party", "nama"
    for part in field.party.needs:
        if part not in field.party.asks:
            yield "party_asks", "party", part
    if field.party.age_max and field.party.age_min > field.party.age_max:
        yield "bounds_crossed", "party", ""


def _judge_columns(field: Field) -> Iterator[Fault]:
    if field.kind != "rows":
        if field.column:
            yield "not_for_kind", "column", field.kind
        return
    if not field.column and not field.party:
        yield "columns_none", "kind", ""
    taken = {part.key for part in parts.kept(field.party)} if field.party else set()
    for column in field.column:
        for judge in (_judge_key, _judge_choices, _judge_bounds):
            for code, _, fact in judge(column):
                yield code, "column", fact
        if column.key in taken or column.key == parts.RECORD:
            yield "key_doubled", "column", ""
        taken.add(column.key)
        ruled = (column.visible, column.compute, column.check, column.group)
        if column.kind not in _CELLS or any(ruled) or isinstance(column.required, str):
            yield "column_plain", "column", column.key


_JUDGES: tuple[Callable[[Field], Iterator[Fault]], ...] = (
    _judge_key,
    _judge_choices,
    _judge_bounds,
    _judge_together,
    _judge_party,
    _judge_columns,
)


def _judge_rules(entry: Placed, keys: set[str], earlier: set[str]) -> None:
    """A rule that hides or computes may name only earlier fields: one pass settles the form."""
    field = entry.field
    required = field.required if isinstance(field.required, str) else ""
    for key, text, known in (
        ("visible", field.visible, earlier),
        ("compute", field.compute, earlier),
        ("required", required, keys),
        ("check", field.check, keys),
    ):
        if not text:
            continue
        try:
            names = Rule(text).names
        except RuleError as error:
            entry.add(error.code, key, fact=error.cause)
            continue
        for name in sorted(names - known):
            entry.add("rule_later" if name in keys else "rule_name", key, fact=name)


def _is_date(text: str) -> bool:
    try:
        return dt.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
