"""Records as rows of a list, the same on every page."""

import datetime as dt
from collections.abc import Mapping

from desktop.dates import age, date_text, day, when
from desktop.form_view.notation import NOTATIONS
from desktop.look.lists import Entry
from desktop.tones import badge
from desktop.tones import state as state_words
from forms.engine import kinds
from forms.engine.answers import Value
from forms.engine.form import Form
from forms.engine.words import say, worded
from sync.store.read import Record

_CARD_PLACE = "shdk"
_PEOPLE_STATE = "active"  # The state of nearly everybody; saying it on every row says nothing.


def person(record: Record) -> Entry:
    """Show somebody: name, then NIK, birth and address by which they are told apart.

    Of one who was erased it says that and since when.
    """
    if record.erased:
        return Entry(record, erased(record), glyph="user")
    said, tone = state_words(record.state)
    plain = record.state == _PEOPLE_STATE
    return Entry(
        record,
        name(record.answers),
        detail=" · ".join(part for part in told_apart(record.answers) if part),
        glyph="user",
        chip="" if plain else said,
        tone=tone,
    )


def member(record: Record, form: Form, today: dt.date) -> Entry:
    """Show somebody of a household: name, age, and the place on the family card."""
    said, tone = state_words(record.state)
    plain = record.state == _PEOPLE_STATE
    place = kinds.show(form.fields[_CARD_PLACE], record.answers.get(_CARD_PLACE))
    years = age(str(record.answers.get("tanggal_lahir") or ""), today)
    return Entry(
        record,
        name(record.answers),
        glyph="user",
        chip="" if plain else said,
        tone=tone,
        aside=" · ".join(
            part
            for part in (place, say("counter.years", count=years) if years is not None else "")
            if part
        ),
    )


def case(record: Record, form: Form, now: int, *, named: bool = True) -> Entry:
    """Show a record that is worked off: for whom, which service and number, how far it is.

    `named` is False where all rows are about one person.
    """
    said, tone = state_words(record.state)
    number = record.number.text if record.number is not None else ""
    if record.printed and number:
        number = say("record.final", number=number, printed=record.printed)
    glyph, _, mark_tone = badge(record.sync)
    return Entry(
        record,
        (named and title(record)) or worded(form.title),
        detail=" · ".join(part for part in (worded(form.title) if named else "", number) if part)
        or (erased(record) if record.erased else day(record.began)),
        glyph="file-text",
        chip=said,
        tone=tone,
        mark=glyph,
        mark_tone=mark_tone,
        aside=when(record.updated, now),
    )


def title(record: Record) -> str:
    """Say whom a record is about, where there is one, or that they were erased."""
    return erased(record) if record.erased else name(record.answers)


def erased(record: Record) -> str:
    """Say that a record was erased, and since when as far as that is known."""
    if not record.erased_on:
        return say("erasure.gone")
    return say("erasure.gone_on", day=day(record.erased_on))


def name(answers: Mapping[str, Value]) -> str:
    """Give the name in answers, or what they are about, where there is one."""
    return str(answers.get("nama") or answers.get("tentang") or answers.get("judul") or "")


def told_apart(answers: Mapping[str, Value]) -> tuple[str, str, str]:
    """Give NIK, birth and address as they are read."""
    born = date_text(str(answers.get("tanggal_lahir") or ""))
    place = str(answers.get("tempat_lahir") or "")
    return (
        NOTATIONS["nik"].show(answers.get("nik")),
        ", ".join(part for part in (place, born) if part),
        address(answers),
    )


def address(answers: Mapping[str, Value]) -> str:
    """Give street, RT and RW in one line."""
    rt, rw = answers.get("rt"), answers.get("rw")
    within = f"RT {rt or '–'}/RW {rw or '–'}" if rt or rw else ""
    return " ".join(part for part in (str(answers.get("alamat") or ""), within) if part)
