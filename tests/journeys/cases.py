"""What is asked at a counter in a day: who comes, for which letter, and what they answer.

Made from the forms' own examples and the office's residents; judged by the forms' own check before
anybody types, so that a letter which is refused at the desk is the desk's fault.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.engine import example, parts, prefill
from forms.engine.check import check
from forms.engine.form import Form
from forms.engine.kinds.rows import columns
from forms.engine.problem import Refused
from forms.engine.spec import Field, Party
from sync.store import parties, read
from sync.store.handle import Store
from sync.store.read import Record

RESIDENT = "residents/resident"
NAMED_MAX = 60  # Residents who are tried for one party before a stranger is named instead.


@dataclass(frozen=True, slots=True)
class Case:
    """One letter: whom it concerns, what is typed, and what must stand in the store afterwards."""

    citizen: Record
    form: Form
    typed: Mapping[str, Any]
    kept: Mapping[str, Any]


class Day:
    """The residents of an office, each coming once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._people = read.listing(store, RESIDENT)
        self._waiting = list(self._people)
        self.known = {one.id.hex(): self._found_by(one) for one in self._people}

    def comes_for(self, service: str, turn: int) -> Case:
        """Send the first who has not come yet and can have this letter.

        With each turn another example is answered, and residents named in place of strangers.
        """
        form = self._store.catalogue.form(service)
        cases = [case["answers"] for case in form.cases if not case.get("problems")]
        for place in range(turn, turn + len(cases)):
            given = example.fill(cases[place % len(cases)], self._store.scene())
            for citizen in self._waiting:
                case = self._case(form, citizen, given)
                if case is not None:
                    self._waiting.remove(citizen)
                    return self._with_residents(case) if turn % 2 else case
        raise AssertionError(f"nobody can have {service}")

    def _case(self, form: Form, citizen: Record, given: Mapping[str, Any]) -> Case | None:
        known = prefill.from_subject(form, citizen.answers)
        own = {
            field.key
            for section in form.sections
            if all(field.prefill for field in section.fields)
            for field in section.fields
        }
        typed = {
            key: _asked(form.fields[key], value)
            for key, value in given.items()
            if key not in own and key not in known
        }
        kept = self._judged(form, {**known, **typed})
        return None if kept is None else Case(citizen, form, typed, kept)

    def _with_residents(self, case: Case) -> Case:
        """Name a resident in place of each stranger of the example, where one may be named."""
        for key, value in case.typed.items():
            field = case.form.fields[key]
            if field.party is None or field.party.resident == "never":
                continue
            for put in self._named(field, value):
                typed = {**case.typed, key: put}
                kept = self._judged(case.form, {**case.kept, key: put})
                if kept is not None:
                    case = Case(case.citizen, case.form, typed, kept)
                    break
        return case

    def _named(self, field: Field, value: Any) -> Iterator[Any]:
        assert field.party is not None, "asked of fields with a party only"
        for resident in self._people[-NAMED_MAX:]:
            if field.kind == "rows":
                yield [self._as(field.party, resident, value[0], field.column), *value[1:]]
            else:
                yield self._as(field.party, resident, value)

    def _as(
        self, party: Party, found: Record, told: Mapping[str, Any], own: Sequence[Field] = ()
    ) -> dict[str, Any]:
        """Give the answer that names a resident, with what only the clerk can say beside it."""
        known = parts.snapshot(party, found.id.hex(), found.answers, own)
        asked = {f.key for f in (*parts.asked(party), *own) if not known.get(f.key)}
        return {**known, **{key: v for key, v in told.items() if key in asked}}

    def _judged(self, form: Form, answers: Mapping[str, Any]) -> Mapping[str, Any] | None:
        try:
            filled = parties.resolved(self._store, form, answers)
            return check(form, filled, self._store.scene())
        except Refused:
            return None

    def _found_by(self, one: Record) -> str:
        """Give a name that means nobody else, or the NIK."""
        name = str(one.answers["nama"])
        alike = sum(_bears(str(other.answers["nama"]), name) for other in self._people)
        return name if alike == 1 else str(one.answers["nik"])


def _asked(field: Field, value: Any) -> Any:
    """Leave out of a stranger what an example says beyond what the form asks."""
    if isinstance(value, list) and field.kind == "rows":
        keys = {column.key for column in columns(field)}
        return [{key: v for key, v in row.items() if key in keys} for row in value]
    if field.party is not None:
        keys = {part.key for part in parts.asked(field.party)}
        return {key: v for key, v in value.items() if key in keys}
    return value


def _bears(name: str, typed: str) -> bool:
    """Tell whether every typed word begins a word of a name."""
    return all(any(word.startswith(part) for word in name.split()) for part in typed.split())
