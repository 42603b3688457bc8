"""A person as the form's party asks for them: chosen among the residents, or in words."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from forms.engine import parts
from forms.engine.answers import Scene
from forms.engine.kinds.reading import Reader, Wrong, together
from forms.engine.rule import age
from forms.engine.spec import Party

Readers = Mapping[str, Reader]
ReadPerson = Callable[[dict[str, Any], Scene], tuple[dict[str, str | bool], list[Wrong]]]
_RECORD = re.compile(r"[0-9a-f]{32}")


def read_party(party: Party, readers: Readers) -> ReadPerson:
    """Make the reader of one person: what could be read of them, and all that is wrong.

    `readers` are those of the parts; other keys are the caller's to judge.
    """

    def read(raw: dict[str, Any], scene: Scene) -> tuple[dict[str, str | bool], list[Wrong]]:
        person: dict[str, str | bool] = {}
        record = raw.get(parts.RECORD)
        if record is not None:
            if type(record) is not str or not _RECORD.fullmatch(record):
                return {}, [Wrong("person_shape")]
            if not raw.keys() & readers.keys():
                return {}, [Wrong("person_unresolved")]
            person[parts.RECORD] = record
        wrong = []
        for key, reader in readers.items():
            given = raw.get(key)
            try:
                found = None if given in (None, "") else reader(given, scene)
            except Wrong as reason:
                wrong.append(_of(reason, key))
                continue
            if found is not None:
                person[key] = str(found)
        if person or wrong:
            wrong += _limits(party, person, scene, {str(r.facts.get("key")) for r in wrong})
        return person, wrong

    return read


def read_alone(party: Party, readers: Readers, split: Callable[[Any], dict[str, Any]]) -> Reader:
    """Make the reader of a field that names one person; `split` takes what was given apart."""
    read = read_party(party, readers)
    known = readers.keys() | {parts.RECORD}

    def read_one(raw: Any, scene: Scene) -> Any:
        given = split(raw)
        strays = given.keys() - known
        if strays:
            raise Wrong("person_part", part=min(map(str, strays))[:40])
        person, wrong = read(given, scene)
        if whole := together(wrong):
            raise whole
        return person or None

    return read_one


def _limits(
    party: Party, person: Mapping[str, str | bool], scene: Scene, wrong: set[str]
) -> Iterator[Wrong]:
    """Find what is missing of a person, and which of the party's limits they don't meet."""
    for key in party.needs:
        if key not in person and key not in wrong:
            yield _of(Wrong("person_missing"), key)
    resident = parts.RECORD in person
    if party.resident == "required" and not resident:
        yield Wrong("person_resident")
    if party.resident == "never" and resident:
        yield Wrong("person_outsider")
    sex, shdk, born = (person.get(key) for key in ("jenis_kelamin", "shdk", "tanggal_lahir"))
    if party.sex and sex and sex != party.sex:
        yield _of(Wrong("person_sex"), "jenis_kelamin")
    if party.shdk and shdk and shdk not in party.shdk:
        yield _of(Wrong("person_shdk"), "shdk")
    if born:
        years = age(str(born), scene.today.isoformat())
        if years < party.age_min:
            yield _of(Wrong("person_young", years=party.age_min), "tanggal_lahir")
        if party.age_max and years > party.age_max:
            yield _of(Wrong("person_old", years=party.age_max), "tanggal_lahir")


def _of(reason: Wrong, key: str) -> Wrong:
    """Say of which part a reason speaks, by its key and as a person calls it."""
    reason.facts = {**reason.facts, "key": key, "part": parts.parts()[key].label}
    return reason
