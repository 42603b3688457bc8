"""Numbers of the office's post, taken in the transaction that begins its record.

mail/incoming      the next agenda number of the year in which it was received
mail/handwritten   the next number of its code's series, kept for it; or one that is inserted
                   behind a number of an earlier day
"""

import datetime as dt
from typing import Self

from sqlalchemy import Connection

from forms.engine.answers import Answers
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.engine.region import ONE_SERIES
from forms.engine.words import say
from forms.mail import series as post
from sync.protocol.change import Number
from sync.store import numbers
from sync.store.handle import Store


def at_start(store: Store, conn: Connection, form: Form, answers: Answers) -> Number | None:
    """Take the number with which a record begins; None for most services.

    Refused(numbers_ended | series_unknown | number_unused).
    """
    if form.code == post.INCOMING:
        return _agenda(store, conn, _date(form, answers))
    if form.code == post.HANDWRITTEN:
        code = str(answers["kode_klasifikasi"])
        series = _series(store, code)
        if answers["cara"] == post.INSERT:
            behind = int(str(answers["nomor_induk"]))
            return _inserted(store, conn, (series, behind), code, _date(form, answers))
        return _next(store, conn, series, code, _date(form, answers))
    return None


def _agenda(store: Store, conn: Connection, date: dt.date) -> Number:
    """Take the next agenda number; a provisional one where our leases have ended."""
    taken = numbers.take_from(store, conn, post.AGENDA, date, "")
    if taken.provisional:
        return taken
    text = say("mail.agenda", number=taken.position, year=taken.year)
    return Number(taken.series, taken.year, taken.position, text)


def _next(store: Store, conn: Connection, series: str, code: str, date: dt.date) -> Number:
    taken = numbers.take_from(store, conn, series, date, code)
    if taken.provisional:  # nobody can write a number by hand that is still to come
        raise Refused(Problem("numbers_ended", "kode_klasifikasi"))
    return taken


def _inserted(
    store: Store, conn: Connection, place: tuple[str, int], code: str, date: dt.date
) -> Number:
    """Take the next number behind one that is used already."""
    series, behind = place
    year = date.year
    used = "SELECT 1 FROM number_use WHERE series = ? AND year = ? AND position = ?"
    if conn.exec_driver_sql(used, (series, year, behind)).first() is None:
        facts = {"number": behind, "year": year}
        raise Refused(Problem("number_unused", "nomor_induk", facts))
    inner = post.inserted(series, behind)
    last = conn.exec_driver_sql(
        "SELECT max(position) FROM number_use WHERE series = ? AND year = ?", (inner, year)
    ).scalar()
    sub = (last or 0) + 1
    shown = _Inserted(behind, sub)
    text = store.region.number_text(shown, year, date.month, code, store.desk.office.code)
    return Number(inner, year, sub, text)


def _series(store: Store, code: str) -> str:
    """Find the series that letters of a classification code are counted in here."""
    region = store.region
    if region.numbers.series == "one":
        return ONE_SERIES
    for form in store.catalogue.offered(store.desk.office.kind):
        if form.letter is None or not region.offers(form.code):
            continue
        if region.classification(form.code, form.letter.classification) == code:
            return numbers.series_of(form, region)
    raise Refused(Problem("series_unknown", "kode_klasifikasi", {"code": code}))


def _date(form: Form, answers: Answers) -> dt.date:
    return dt.date.fromisoformat(str(answers[post.DAYS[form.code]]))


class _Inserted(int):
    """A number that a region's pattern writes as 0123.1."""

    sub: int

    def __new__(cls, position: int, sub: int) -> Self:
        made = super().__new__(cls, position)
        made.sub = sub
        return made

    def __format__(self, shape: str) -> str:
        return f"{format(int(self), shape)}.{self.sub}"
