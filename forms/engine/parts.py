"""What can be asked of a person: each part is a field of its own, of shared/person.toml.

A resident who is chosen fills the parts in; the answer keeps them as they were then, beside the
pointer, so that a letter never changes with the register.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

import msgspec

from forms.engine.answers import Value
from forms.engine.plain_toml import loads
from forms.engine.spec import Field, Party

PERSON = Path(__file__).parents[1] / "shared" / "person.toml"
RECORD = "record"
# An address is one thing to ask for and four to keep.
_WITH_ADDRESS = ("alamat", "rt", "rw", "kelurahan")


class _File(msgspec.Struct, forbid_unknown_fields=True):
    part: tuple[Field, ...]


@lru_cache(1)
def parts() -> Mapping[str, Field]:
    """Give every part by its key, in the order of the file."""
    found = msgspec.convert(loads(PERSON.read_text("utf-8")), _File)
    return MappingProxyType({field.key: field for field in found.part})


def asked(party: Party) -> Iterator[Field]:
    """List the parts that are kept of a person, in the order in which they are asked."""
    seen = set()
    for key in party.asks:
        for part in _WITH_ADDRESS if key == "alamat" else (key,):
            if part not in seen:
                seen.add(part)
                yield parts()[part]


def kept(party: Party) -> Iterator[Field]:
    """List what is asked, and after it what the party's own limits are judged by."""
    seen = set()
    for field in asked(party):
        seen.add(field.key)
        yield field
    limits = {
        "tanggal_lahir": party.age_min or party.age_max,
        "jenis_kelamin": party.sex,
        "shdk": party.shdk,
    }
    for key, limited in limits.items():
        if limited and key not in seen:
            yield parts()[key]


def snapshot(
    party: Party, record: str, resident: Mapping[str, Value], columns: Iterable[Field] = ()
) -> dict[str, str | bool]:
    """Give the answer that names a resident: the pointer, and what is asked as it is now.

    In a list the row's own `columns` are filled in too, as far as they name a resident's field.
    """
    found: dict[str, str | bool] = {RECORD: record}
    for field in (*kept(party), *columns):
        value = resident.get(field.prefill) if field.prefill else None
        if isinstance(value, str) and value:
            found[field.key] = value
    return found
