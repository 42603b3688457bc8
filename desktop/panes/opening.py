"""What a form begins with: made for a new case, a change, a correction, or from a draft."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop import acts, rows
from forms.engine import nik
from forms.engine.form import Form
from forms.engine.words import say, worded
from forms.residents import household
from sync.protocol.change import NOBODY
from sync.store.drafts import Draft
from sync.store.read import Record

_OF_A_NUMBER = re.compile(r"\+?[0-9][0-9.-]*")
_DIGITS_MIN = 4  # fewer belong to a name, such as of a third Budi


@dataclass(frozen=True, slots=True)
class Opening:
    """What a form begins with: its form, its subject, answers, and the record if there is one.

    With `replaces` a new letter is begun that corrects the one of that record, for the `reason`
    that was typed so far.
    """

    form: Form
    title: str
    answers: Mapping[str, Any]
    subject: bytes = NOBODY
    record: bytes = NOBODY
    state: str = ""
    replaces: bytes = NOBODY
    reason: str = ""

    @property
    def draft(self) -> str:
        """Name the draft: one for each record, or for each service and subject."""
        about = self.replaces or self.record or self.subject
        return acts.draft_key(self.form.code, about, corrects=bool(self.replaces))


def to_change(record: Record, form: Form) -> Opening:
    """Open a record's answers to be changed."""
    title = f"{worded(form.title)} · {rows.name(record.answers)}"
    return Opening(form, title, record.answers, record=record.id, state=record.state)


def to_correct(record: Record, form: Form) -> Opening:
    """Open an issued letter's answers for the new letter that corrects it."""
    number = record.number.text if record.number is not None else ""
    title = say("correct.title", service=worded(form.title), number=number)
    return Opening(form, title, record.answers, subject=record.subject, replaces=record.id)


def drafted(draft: Draft, form: Form) -> Opening:
    """Open a form as it was left."""
    record, replaces = acts.drafted(draft)
    title = f"{worded(form.title)} · {rows.name(draft.answers)}".removesuffix(" · ")
    return Opening(
        form,
        title,
        draft.answers,
        subject=draft.subject,
        record=record,
        replaces=replaces,
        reason=draft.reason,
    )


def newcomer(form: Form, typed: str) -> Opening:
    """Open the form of a person whom nobody found under what was typed.

    A telephone number and other digits stand in their own fields, all the rest is the name.
    """
    digits = nik.tidy(typed)
    if _OF_A_NUMBER.fullmatch(digits):
        return Opening(form, say("counter.new_citizen"), {_field(digits): typed})
    carried: dict[str, str] = {}
    name = []
    for word in typed.split():
        key = _field(word) if _OF_A_NUMBER.fullmatch(word) and len(word) >= _DIGITS_MIN else "nama"
        if key == "nama" or key in carried:
            name.append(word)
        else:
            carried[key] = word
    carried |= {"nama": " ".join(name)} if name else {}
    return Opening(form, say("counter.new_citizen"), carried)


def _field(digits: str) -> str:
    """Name the field of a number: a telephone's begins with 0 or +62, no NIK does."""
    return "telepon" if digits.startswith(("0", "+")) else "nik"


def relative(record: Record, form: Form) -> Opening:
    """Open the form of a further member of somebody's household; card and address stand in it."""
    title = say("counter.new_member_of", name=rows.name(record.answers))
    return Opening(form, title, household.begun(form, record.answers))
