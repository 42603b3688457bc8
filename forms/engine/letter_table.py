"""What each letter asks, one row a letter: the table of docs/, made from the forms themselves."""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from forms.engine import catalogue
from forms.engine.catalogue import FORMS
from forms.engine.form import Form, Letter
from forms.engine.spec import Field, Validity
from forms.engine.words import label, say

# The identity that nearly every letter includes is no field of its own.
_IDENTITY = "shared/sections/identity.toml"
_BETWEEN = ", "


class Row(msgspec.Struct, frozen=True):
    """One letter: its number in the list (0 for one of a region's own) and what it asks."""

    number: int
    code: str
    title: str
    classification: str
    fields: tuple[str, ...]
    parties: tuple[str, ...]
    checklist: tuple[str, ...]
    sheets: tuple[str, ...]
    signed_by: str
    validity: str
    minutes: int


def table(root: Path = FORMS) -> tuple[Row, ...]:
    """Give a row for every letter below a folder, in the order of the list; FormFiles."""
    identity = _identity(root)
    rows = [
        _row(form, form.letter, identity)
        for form in catalogue.load(root).forms.values()
        if form.letter
    ]
    return tuple(sorted(rows, key=lambda row: (row.number or 1000, row.code)))


def markdown(rows: Iterable[Row]) -> str:
    """Write the rows as a table for docs/; its head comes from the words."""
    heads = [say(f"table.{name}") for name in Row.__struct_fields__]
    lines = [heads, ["---"] * len(heads)]
    lines += [[_cell(getattr(row, name)) for name in Row.__struct_fields__] for row in rows]
    return "".join("| " + " | ".join(cells) + " |\n" for cells in lines)


def _cell(value: str | int | tuple[str, ...]) -> str:
    text = _BETWEEN.join(value) if isinstance(value, tuple) else str(value or "–")
    return (text or "–").replace("|", "/").replace("\n", " ")


def _identity(root: Path) -> frozenset[str]:
    shared = catalogue.Shared(root).source(_IDENTITY)
    return frozenset(str(field.get("key")) for field in shared.data.get("field", []))


def _row(form: Form, letter: Letter, identity: frozenset[str]) -> Row:
    asked = [field for field in form.fields.values() if not field.retired]
    own = [field for field in asked if field.key not in identity]
    plain = [f for f in own if f.kind not in {"attachment", "person", "rows"}]
    parties = [field for field in own if field.kind in {"person", "rows"}]
    papers = [field for field in own if field.kind == "attachment"]
    signers = [label("signer", signer) for signer in letter.signers]
    signers += [label("signer", "camat")] if letter.camat else []
    return Row(
        letter.row,
        form.code,
        form.title,
        letter.classification,
        tuple(_marked(field) for field in plain),
        tuple(_marked(field) + _limits(field) for field in parties),
        tuple(_marked(field) for field in papers),
        tuple(sheet.name.removesuffix(".typ").upper() for sheet in letter.sheets),
        _BETWEEN.join(signers),
        _validity(form, letter),
        letter.standard_minutes,
    )


def _marked(field: Field) -> str:
    """Name a field; a star where it must be answered, always or by a rule."""
    return field.label + ("*" if field.required else "")


def _limits(field: Field) -> str:
    """Say in brackets who may be named."""
    party = field.party
    if party is None:
        return ""
    said = [
        label("choice_sex", party.sex) if party.sex else "",
        say("table.age_min", years=party.age_min) if party.age_min else "",
        say("table.age_max", years=party.age_max) if party.age_max else "",
        label("resident", party.resident) if party.resident != "allowed" else "",
    ]
    found = _BETWEEN.join(filter(None, said))
    return f" ({found})" if found else ""


def _validity(form: Form, letter: Letter) -> str:
    if letter.valid_until:
        return form.fields[letter.valid_until].label
    held: Validity = letter.validity
    parts = [
        say(f"table.{unit}", count=count)
        for unit in ("years", "months", "days")
        if (count := getattr(held, unit))
    ]
    return " ".join(parts)
