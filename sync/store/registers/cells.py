"""What stands in the cells of a line, column by column of its book."""

import datetime as dt

import msgspec

from forms.engine.kinds.choice import show_choice
from forms.engine.words import label, say, worded
from sync.store.case import Case
from sync.store.handle import Store
from sync.store.registers import disposition
from sync.store.registers.disposition import Link
from sync.store.registers.query import Found
from sync.store.registers.table import Cell, day

NAME = "nama"


class Around(msgspec.Struct, frozen=True):
    """What the rows of one part need beside their lines, read at once."""

    store: Store
    today: dt.date
    reasons: dict[bytes, str]
    why: dict[bytes, str]  # by the change that took an inserted number
    replaced: dict[bytes, str]  # numbers of the letters that others correct
    chains: dict[bytes, tuple[Link, ...]]


def registered(around: Around, one: Found, case: Case) -> tuple[Cell, ...]:
    """Fill a line of the register of letters."""
    answers = case.answers
    return (
        one.line.text,
        day(one.line.day),
        _kind(around, case),
        _person(case) or _text(answers.get("penerima")),
        _text(answers.get("nik")),
        _address(case),
        _text(answers.get("keperluan") or answers.get("perihal")),
        label("state", case.state),
    )


def outgoing(around: Around, one: Found, case: Case) -> tuple[Cell, ...]:
    """Fill a line of the agenda of what went out."""
    about = _text(case.answers.get("perihal")) or _kind(around, case)
    to = _text(case.answers.get("penerima")) or _person(case)
    return one.line.text, day(one.line.day), about, to, label("state", case.state)


def incoming(around: Around, one: Found, case: Case) -> tuple[Cell, ...]:
    """Fill a line of the agenda of what came in."""
    answers = case.answers
    form = around.store.form(case.service)
    sort = answers.get("sifat")
    return (
        one.line.text,
        day(one.line.day),
        _text(answers.get("pengirim")),
        _text(answers.get("nomor_surat")),
        day(answers.get("tanggal_surat")),
        _text(answers.get("perihal")),
        show_choice(form.fields["sifat"], sort) if form and sort else "",
        disposition.summary(around.chains.get(case.id, ())),
        day(answers.get("batas_waktu")),
    )


def countersigned(around: Around, one: Found, case: Case) -> tuple[Cell, ...]:
    """Fill a line of the register of letters that this office signed too."""
    return (
        one.line.text,
        day(one.line.day),
        case.number.text if case.number else "",
        _kind(around, case),
        _person(case),
        _address(case),
        _text(case.answers.get("keperluan")),
    )


def carried(_around: Around, one: Found, case: Case) -> tuple[Cell, ...]:
    """Fill a line of the expedition book."""
    answers = case.answers
    return (
        day(one.line.day),
        _text(answers.get("nomor_surat")),
        _text(answers.get("isi_singkat")),
        _text(answers.get("tujuan")),
        _text(answers.get("pengantar")),
        _text(answers.get("penerima")),
        day(answers.get("tanggal_diterima")),
    )


def _kind(around: Around, case: Case) -> str:
    form = around.store.form(case.service)
    return worded(form.title) if form is not None else case.service


def _person(case: Case) -> str:
    """Name whom a letter concerns; one without a name of its own may be about a person."""
    if name := case.answers.get(NAME):
        return str(name)
    for value in case.answers.values():
        if isinstance(value, dict) and value.get(NAME):
            return str(value[NAME])
    return ""


def _address(case: Case) -> str:
    near = [
        say(f"printed.{key}", number=case.answers[key])
        for key in ("rt", "rw")
        if case.answers.get(key)
    ]
    return " ".join(filter(None, (_text(case.answers.get("alamat")), "/".join(near))))


def _text(value: object) -> str:
    return "" if value is None else str(value)
