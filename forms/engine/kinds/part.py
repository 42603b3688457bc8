"""Answers made of parts: person, place; what an attachment shares with them."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec

from forms.engine import parts
from forms.engine.answers import Scene, Value
from forms.engine.kinds import figure, person, text
from forms.engine.kinds.reading import Reader, Wrong
from forms.engine.spec import Field

TEXT_MAX = 2000  # A person with every part filled in stays well below.
_RECORD = re.compile(r"[0-9a-f]{32}")
# Indonesia with a margin at sea; a place outside is a swapped or mistyped pair.
_LATITUDE = (Decimal(-12), Decimal(7))
_LONGITUDE = (Decimal(94), Decimal(142))
_SIX = Decimal("0.000001")
_DEGREES = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,15})?", re.ASCII)

_LINE = Field(key="part", kind="text", label="")
_DAY = Field(key="part", kind="date", label="", latest="today")
_PERSON: dict[str, Reader] = {
    "nik": text.read_nik(_LINE),
    "nama": text.read_text(_LINE),
    "tempat_lahir": text.read_text(_LINE),
    "tanggal_lahir": figure.read_date(_DAY),
    "jenis_kelamin": text.read_text(_LINE),
    "agama": text.read_text(_LINE),
    "status_kawin": text.read_text(_LINE),
    "kewarganegaraan": text.read_text(_LINE),
    "pekerjaan": text.read_text(_LINE),
    "alamat": text.read_text(_LINE),
    "telepon": text.read_phone(_LINE),
    "hubungan": text.read_text(_LINE),
}


def parts_of(raw: object, code: str, most: int = TEXT_MAX) -> dict[str, Any]:
    """Take a JSON object, or the text of one of at most so many letters, as a cell holds it."""
    if type(raw) is str and raw.lstrip().startswith("{") and len(raw) <= most:
        try:
            raw = msgspec.json.decode(raw)
        except (msgspec.DecodeError, RecursionError):
            raise Wrong(code) from None
    if type(raw) is not dict:
        raise Wrong(code)
    return raw


def show_parts(_field: Field, value: Value) -> str:
    """Show an object as JSON, in the order of its keys."""
    return msgspec.json.encode(value, order="deterministic").decode()


def read_person(field: Field, make: Callable[[Field], Reader]) -> Reader:
    """Read a pointer to a record, or a person in words with a name at least.

    With a party it is read as that asks, and a pointer comes with what was known of the resident
    (see parts.snapshot). `make` makes the reader of one part.
    """
    if field.party:
        readers = {kept.key: make(kept) for kept in parts.kept(field.party)}
        return person.read_alone(field.party, readers, lambda raw: parts_of(raw, "person_shape"))

    def read(raw: Any, scene: Scene) -> Value:
        given = parts_of(raw, "person_shape")
        if "record" in given:
            record = given["record"]
            if len(given) > 1 or type(record) is not str or not _RECORD.fullmatch(record):
                raise Wrong("person_shape")
            return {"record": record}
        strays = given.keys() - _PERSON.keys()
        if strays:
            raise Wrong("person_part", part=min(map(str, strays))[:40])
        named: dict[str, str | int | bool] = {}
        for key, reader in _PERSON.items():
            part = given.get(key)
            found = None if part in (None, "") else reader(part, scene)
            if found is not None:
                named[key] = str(found)
        if "nama" not in named:
            raise Wrong("person_name")
        return named

    return read


def read_place(_field: Field) -> Reader:
    """Read latitude and longitude; kept as texts of six decimals, about 0.1 m."""

    def read(raw: Any, _scene: Scene) -> Value:
        if type(raw) is str and raw.count(",") == 1 and not raw.lstrip().startswith("{"):
            raw = dict(zip(("lat", "lon"), raw.split(","), strict=True))
        given = parts_of(raw, "place_shape")
        if given.keys() != {"lat", "lon"}:
            raise Wrong("place_shape")
        latitude, longitude = (_degrees(given[key]) for key in ("lat", "lon"))
        for degrees, (least, most) in ((latitude, _LATITUDE), (longitude, _LONGITUDE)):
            if not least <= degrees <= most:
                raise Wrong("place_outside")
        return {"lat": f"{latitude:.6f}", "lon": f"{longitude:.6f}"}

    return read


def _degrees(raw: object) -> Decimal:
    written = str(raw).strip() if type(raw) in {str, int, float} else ""
    if not _DEGREES.fullmatch(written):
        raise Wrong("place_shape")
    try:
        return Decimal(written).quantize(_SIX) + 0  # + 0 turns -0 into 0
    except InvalidOperation:
        raise Wrong("place_shape") from None


def show_place(_field: Field, value: Value) -> str:
    """Show latitude and longitude, a comma between."""
    return f"{value['lat']}, {value['lon']}" if isinstance(value, dict) else str(value)
