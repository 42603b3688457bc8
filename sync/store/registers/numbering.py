"""Numbers of letters that are issued, and of post, taken in the transaction that begins its record.

a letter           the next number of its series; or one that is inserted
mail/incoming      the next agenda number of the year in which it was received
mail/handwritten   the next number of its code's series, kept for it; or one that is inserted
                   behind a number of an earlier day
"""

import datetime as dt

from forms.engine.answers import Answers
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.engine.region import ONE_SERIES
from forms.engine.words import say
from forms.mail import series as post
from sync.protocol.change import Number
from sync.store import day, numbers
from sync.store.handle import Store
from sync.store.registers import insertion
from sync.store.registers.insertion import Insert
from sync.store.statements import Connection

_BEHIND = "nomor_induk"  # the field of a letter by hand that says where its number is inserted


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
            return _inserted(store, conn, series, code, answers)
        return _next(store, conn, series, code, _date(form, answers))
    return None


def at_issue(
    store: Store, conn: Connection, form: Form, insert: Insert | None
) -> tuple[dt.date, Number]:
    """Take the number of a letter that is issued, and say which day it bears.

    Refused(number_unused | day_unconfirmed).
    """
    if insert is None:
        date = day.bear(store, conn)
        return date, numbers.take(store, conn, form, date)
    behind = insertion.place(store, conn, numbers.series_of(form, store.region), insert)
    code = numbers.code_of(form, store.region)
    return behind.day, insertion.take(store, conn, behind, code, behind.day)


def _agenda(store: Store, conn: Connection, date: dt.date) -> Number:
    """Take the next agenda number; a provisional one where our leases have ended."""
    taken = numbers.take_from(store, conn, post.AGENDA, date, "")
    if taken.provisional:
        return taken
    return agenda(taken)


def agenda(taken: Number) -> Number:
    """Write an agenda number as the book of incoming post shows it."""
    text = say("mail.agenda", number=taken.position, year=taken.year)
    return Number(taken.series, taken.year, taken.position, text)


def _next(store: Store, conn: Connection, series: str, code: str, date: dt.date) -> Number:
    taken = numbers.take_from(store, conn, series, date, code)
    if taken.provisional:  # nobody can write a number by hand that is still to come
        raise Refused(Problem("numbers_ended", "kode_klasifikasi"))
    return taken


def _inserted(store: Store, conn: Connection, series: str, code: str, answers: Answers) -> Number:
    date = dt.date.fromisoformat(str(answers[post.DAYS[post.HANDWRITTEN]]))
    wanted = Insert(int(str(answers[_BEHIND])), date.year)
    behind = insertion.place(store, conn, series, wanted, _BEHIND)
    return insertion.take(store, conn, behind, code, date)


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
