"""What looks odd in answers that are right: told to the clerk, never a reason to refuse.

A NIK keeps the birth date and sex of its first registration, also after a correction, and the area
codes of a time before areas were split; so a difference is only ever a doubt.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from forms.engine import nik
from forms.engine.answers import Answers, Scene
from forms.engine.areas import Areas
from forms.engine.form import Form
from forms.engine.problem import Problem


def doubts(form: Form, answers: Answers, scene: Scene) -> tuple[Problem, ...]:
    """List the doubts about canonical answers, in the form's order."""
    found = []
    for key, field in form.fields.items():
        given = answers.get(key)
        if field.kind == "nik" and isinstance(given, str):
            read = nik.read(given, scene.today)
            born, sex = answers.get(field.born), answers.get(field.sex)
            found += [Problem(code, key) for code in of_nik(read, born, sex, scene.areas)]
        elif field.party:
            found += _of_persons(key, given if isinstance(given, list) else [given], scene)
    return tuple(found)


def _of_persons(key: str, persons: Sequence[Any], scene: Scene) -> Iterator[Problem]:
    """Doubt each person of a field; a single one has no row."""
    for number, person in enumerate(persons, 1):
        if not isinstance(person, dict) or "nik" not in person:
            continue
        read = nik.read(str(person["nik"]), scene.today)
        born, sex = person.get("tanggal_lahir"), person.get("jenis_kelamin")
        row = number if len(persons) > 1 else None
        for code in of_nik(read, born, sex, scene.areas):
            yield Problem(code, key, row=row)


def of_nik(read: nik.Nik, born: object, sex: object, areas: Areas) -> Iterator[str]:
    """Compare a NIK with the birth date (ISO) and sex (L or P) beside it, and with the areas."""
    # A NIK has no century: somebody of 102 years has the NIK of a child of 2.
    if read.birth_date and born and read.birth_date.isoformat()[2:] != str(born)[2:]:
        yield "nik_birth_date_differs"
    if read.sex and sex and read.sex != sex:
        yield "nik_sex_differs"
    if read.region:
        prefix = f"{read.region[:2]}.{read.region[2:4]}.{read.region[4:6]}"
        if areas.covers(prefix) and not areas.knows(prefix):
            yield "nik_region_unknown"
