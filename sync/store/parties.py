"""Fills in the residents whom answers name, from what this laptop keeps."""

from collections.abc import Mapping
from typing import Any

from forms.engine import party
from forms.engine.answers import Value
from forms.engine.form import Form
from sync.store import shelf
from sync.store.case import decode
from sync.store.handle import Store

RESIDENTS = "residents"  # the group of forms whose records are people of the register


def resolved(store: Store, form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Give the answers with each bare {"record": ID} filled in as the person is known now.

    Refused(person_unknown) for an id that is no resident of this laptop's.
    """

    def lookup(name: str) -> Mapping[str, Value] | None:
        try:
            record = bytes.fromhex(name)
        except ValueError:
            return None
        with store.read() as conn:
            plain = shelf.plain(conn, record)
        if plain is None:
            return None
        case = decode(plain)
        found = store.form(case.service)
        return case.answers if found is not None and found.group == RESIDENTS else None

    return party.resolve(form, answers, lookup)
