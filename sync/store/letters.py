"""Letters on paper: what an issue composes and signs, and the PDF of a record as it stands now.

A letter is composed once, in the transaction that issues it; its change carries the paper and the
QR's text, so every desk prints the very same. Prints are counted here as events.
"""

import datetime as dt
import os
import re
from typing import Any

import msgspec

from forms.engine.answers import Answers
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.paper import letter, mark
from forms.paper.amounts import long_date
from forms.paper.head import head_of
from forms.paper.letter import Paper, Signatory
from forms.paper.mark import Mark
from sync.crypto import letter as seals
from sync.protocol.change import ID_BYTES, Change, Number
from sync.protocol.ties import block_of, block_paper
from sync.store import day, kept, numbers, texts
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.registers import numbering
from sync.store.registers.insertion import Insert
from sync.store.statements import Connection

ISSUE = "issue"  # the action of a letter's machine that takes the number
COUNTERSIGN = "countersign"  # and the one by which another office signs it too
PRINT = "print"  # the kind of event that counts
PRINT_SECOND = "print_second"  # the same, of the paper with the second signature on it
SECOND = "second"  # beside what a paper says of itself: the block of the office that signed too
VOID = "void"
INITIALS_MAX = 5
_PAGE = re.compile(rb"/Type\s*/Page(?!s)")
_BLOCK = ("number", "date", "title", "name", "rank", "nip", "on_behalf")  # what is printed of it
QR = "qr"  # beside the paper's own keys in the change


class Issue(msgspec.Struct, frozen=True):
    """What the change that issues a letter carries."""

    number: Number
    paper: dict[str, Any]


class Pdf(msgspec.Struct, frozen=True):
    """A printed letter; `copy` is 0 for the original, None where nothing is counted.

    `lacks` says what could not be printed of it, which never keeps a letter from the citizen.
    """

    data: bytes
    pages: int
    copy: int | None
    lacks: tuple[Problem, ...] = ()


class _Sheet(msgspec.Struct):
    """Everything a print needs."""

    paper: Paper
    texts: dict[str, str]
    qr: str | None


def issue(
    store: Store, conn: Connection, form: Form, case: Case, insert: Insert | None = None
) -> Issue:
    """Take a number, compose and sign the letter, inside the transaction that issues.

    With `insert` it bears a number and the day behind one that is used: Refused(number_unused).
    Without it Refused(day_unconfirmed) while the service day is in doubt.
    """
    date, number = numbering.at_issue(store, conn, form, insert)
    name = os.urandom(ID_BYTES)
    paper, cited = _composed(store, conn, form, case.answers, date, (number.text, name))
    texts.put(conn, cited)
    claims = seals.Claims(
        name,
        number.text,
        form.title,
        date.isoformat(),
        _initials(case.answers),
        letter.digest(paper, cited)[: seals.DIGEST_BYTES],
    )
    qr = seals.sign(claims, store.keys.letter, store.desk.certificate)
    return Issue(number, {**msgspec.to_builtins(paper), QR: qr})


def countersign(store: Store, conn: Connection, form: Form) -> Issue:
    """Take a number of this office's own register, and say who signs here and when.

    Refused(day_unconfirmed).
    """
    date = day.bear(store, conn)
    number = numbers.take_second(store, conn, form, date)
    head = head_of(form, store.region, store.office, signatory(store, conn))
    block = {
        "number": number.text,
        "iso_date": date.isoformat(),
        "date": long_date(date),
        "office": head["office"],
        **head["signatory"],
    }
    return Issue(number, block_paper(block))


def pdf(store: Store, record: bytes, *, preview: bool = False) -> Pdf:
    """Print a letter: the original at the first call, counted and marked copies afterwards.

    `preview` counts nothing and shows what the next print would be; before the letter is issued it
    is marked as a draft and has no QR. Without it Refused(letter_not_issued). A void letter says
    so.
    """
    with store.read() as conn:
        case, form = _found(store, conn, record)
        sheet = _sheet(store, conn, form, case)
        printed = _prints(store, conn, case)
    if not case.paper and not preview:
        raise Refused(Problem("letter_not_issued", facts={"state": case.state}))
    stamp = _mark(case, printed)
    copy = None
    if not preview and case.state != VOID:
        copy, stamp = _count(store, case)
    data = letter.render(
        sheet.paper,
        sheet.texts,
        logo=store.region.logo,
        qr=sheet.qr,
        mark=_worn(store, stamp),
    )
    lacks = () if letter.draws(store.region.logo) else (Problem("logo_unusable"),)
    return Pdf(data, _pages(data), copy, lacks)


def pictures(store: Store, record: bytes, *, ppi: float = letter.PREVIEW_PPI) -> list[bytes]:
    """Draw a letter as the next print would show it, one PNG a page; counts nothing."""
    with store.read() as conn:
        case, form = _found(store, conn, record)
        sheet = _sheet(store, conn, form, case)
        stamp = _mark(case, _prints(store, conn, case))
    logo, stamp = store.region.logo, _worn(store, stamp)
    return letter.pictures(sheet.paper, sheet.texts, logo=logo, qr=sheet.qr, mark=stamp, ppi=ppi)


def sketch(
    store: Store, service: str, answers: Answers, *, ppi: float = letter.PREVIEW_PPI
) -> list[bytes]:
    """Draw answers that nobody saved yet, for the live preview; marked as a draft."""
    form = store.catalogue.form(service)
    with store.read() as conn:
        sheet = _draft(store, conn, form, answers)
    logo, stamp = store.region.logo, _worn(store, mark.draft())
    return letter.pictures(sheet.paper, sheet.texts, logo=logo, qr=None, mark=stamp, ppi=ppi)


def qr_text(store: Store, record: bytes) -> str:
    """Give the text of an issued letter's QR; Refused(letter_not_issued)."""
    with store.read() as conn:
        case, form = _found(store, conn, record)
        qr = _sheet(store, conn, form, case).qr
    if qr is None:
        raise Refused(Problem("letter_not_issued", facts={"state": case.state}))
    return qr


def _found(store: Store, conn: Connection, record: bytes) -> tuple[Case, Form]:
    query = "SELECT plain FROM record WHERE id = ?"
    plain = conn.exec_driver_sql(query, (record,)).scalar()
    if plain is None:
        raise Refused(Problem("record_unknown"))
    case = decode(plain)
    form = store.catalogue.form(case.service)
    if form.letter is None:
        raise Refused(Problem("no_letter", facts={"service": form.code}))
    return case, form


def _sheet(store: Store, conn: Connection, form: Form, case: Case) -> _Sheet:
    if not case.paper:
        return _draft(store, conn, form, case.answers)
    kept_paper = _change(conn, case.paper).body.paper or {}
    paper = msgspec.convert(kept_paper, Paper)
    if case.second:
        block = dict.fromkeys(_BLOCK, "") | block_of(_change(conn, case.second))
        data = {**paper.data, SECOND: block}
        paper = msgspec.structs.replace(paper, data=data)
    cited = texts.get(conn, (paper.template, paper.head))
    if len(cited) < len({paper.template, paper.head}):
        raise Refused(Problem("letter_text_missing"))
    return _Sheet(paper, cited, kept_paper.get(QR))


def _change(conn: Connection, name: bytes) -> Change:
    query = "SELECT plain FROM change WHERE id = ?"
    return kept.unpack(conn.exec_driver_sql(query, (name,)).scalar_one(), name)


def _draft(store: Store, conn: Connection, form: Form, answers: Answers) -> _Sheet:
    if form.letter is None:
        raise Refused(Problem("no_letter", facts={"service": form.code}))
    date = store.day().date
    paper, cited = _composed(store, conn, form, answers, date, ("", bytes(ID_BYTES)))
    return _Sheet(paper, cited, None)


def _composed(
    store: Store,
    conn: Connection,
    form: Form,
    answers: Answers,
    date: dt.date,
    named: tuple[str, bytes],
) -> tuple[Paper, dict[str, str]]:
    number, name = named
    return letter.compose(
        form,
        answers,
        region=store.region,
        office=store.office,
        signatory=signatory(store, conn),
        number=number,
        date=date,
        letter_id=name,
    )


def signatory(store: Store, conn: Connection) -> Signatory:
    """Say who signs: the operator, with name and title of their record, the office's head else."""
    query = "SELECT plain FROM record WHERE id = ?"
    plain = conn.exec_driver_sql(query, (store.operator.id,)).scalar()
    answers = decode(plain).answers if plain else {}
    title = answers.get("jabatan") or store.region.terms.get("head_" + store.desk.office.kind, "")
    return Signatory(
        title=str(title),
        name=str(answers.get("nama_lengkap") or store.operator.name),
        rank=str(answers.get("pangkat") or ""),
        nip=str(answers.get("nip") or ""),
        on_behalf=str(answers.get("atas_nama") or ""),
    )


def _mark(case: Case, printed: int) -> Mark | None:
    if not case.paper:
        return mark.draft()
    if case.state == VOID:
        return mark.void()
    return mark.copy(printed) if printed else None


def _worn(store: Store, stamp: Mark | None) -> Mark | None:
    """Say on every sheet of a practice region that it is one; so none bears a QR."""
    return mark.practice(stamp) if store.region.practice else stamp


def _prints(store: Store, conn: Connection, case: Case) -> int:
    """Count the prints of a letter as it is now; the original is its own office's alone."""
    query = "SELECT count(*) FROM event WHERE record = ? AND kind = ?"
    count = int(conn.exec_driver_sql(query, (case.id, _kind(case))).scalar_one())
    return count + 1 if store.stands(case.office) else count


def _kind(case: Case) -> str:
    """A letter that was signed second is another paper than before, with an original of its own."""
    return PRINT_SECOND if case.second else PRINT


def _count(store: Store, case: Case) -> tuple[int, Mark | None]:
    """Count a print before it is made: one too many in the register is better than too few."""
    with store.write() as conn:
        copy = _prints(store, conn, case)
        conn.exec_driver_sql(
            "INSERT INTO event (record, kind, time, operator) VALUES (?, ?, ?, ?)",
            (case.id, _kind(case), store.now(), store.operator.id),
        )
    return copy, mark.copy(copy) if copy else None


def _initials(answers: Answers) -> str:
    words = str(answers.get("nama", "")).split()
    return "".join(word[0].upper() for word in words)[:INITIALS_MAX]


def _pages(data: bytes) -> int:
    """Count the pages of a PDF that our own typesetter made: it leaves their objects readable."""
    return max(1, len(_PAGE.findall(data)))
