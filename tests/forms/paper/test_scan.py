"""A PDF of somebody else's: its pages come over, what belongs to the whole document doesn't."""

import io

import pypdfium2
import pytest

from forms.engine.problem import Refused
from forms.paper import scan

SCRIPT = b"CANARY-app.alert(1)"
AUTHOR = b"CANARY-AUTHOR"


def pdf(*extra: bytes, pages: int = 1, catalogue: bytes = b"") -> bytes:
    """Write a PDF by hand: `pages` empty sheets, and whatever else."""
    kids = b" ".join(b"%d 0 R" % (at + 3) for at in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R " + catalogue + b" >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        *[b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"] * pages,
        *extra,
    ]
    made, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(made))
        made += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(made)
    made += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    made += b"".join(b"%010d 00000 n \n" % place for place in places)
    info = b"/Info %d 0 R" % len(objects) if extra else b""
    made += b"trailer << /Size %d /Root 1 0 R " % (len(objects) + 1) + info
    return made + b" >>\nstartxref\n%d\n%%%%EOF\n" % start


def code(content: bytes) -> str:
    with pytest.raises(Refused) as refusal:
        scan.cleaned(content)
    return refusal.value.problems[0].code


def test_scripts_and_who_wrote_it_stay_behind() -> None:
    action = b"<< /S /JavaScript /JS (" + SCRIPT + b") >>"
    info = b"<< /Author (" + AUTHOR + b") >>"
    given = pdf(action, info, catalogue=b"/OpenAction 4 0 R")
    assert SCRIPT in given
    assert AUTHOR in given

    made, pages = scan.cleaned(given)

    assert pages == 1
    assert b"CANARY" not in made
    assert b"OpenAction" not in made
    with pypdfium2.PdfDocument(made) as document:  # type: ignore[no-untyped-call] # has no types
        assert document[0].get_size() == (595, 842)


def test_the_same_file_gives_the_same_bytes() -> None:
    assert scan.cleaned(pdf(pages=3)) == scan.cleaned(pdf(pages=3))
    assert scan.cleaned(pdf(pages=3))[1] == 3
    assert b"/CreationDate(D:20000101" in scan.cleaned(pdf(pages=3))[0]


def test_a_book_and_a_file_without_pages_are_refused() -> None:
    assert code(pdf(pages=scan.PAGES_MAX + 1)) == "pdf_pages"
    assert scan.cleaned(pdf(pages=scan.PAGES_MAX))[1] == scan.PAGES_MAX
    assert code(pdf(pages=0)) in {"pdf_pages", "pdf_damaged"}


def test_rubbish_is_refused() -> None:
    assert code(b"%PDF-1.7 rubbish") == "pdf_damaged"
    assert code(b"%PDF-1.7\n" + bytes(5_000)) == "pdf_damaged"


def test_a_locked_file_is_refused_as_one() -> None:
    # The smallest standard handler: revision 2, whose user password is not the empty one.
    lock = (
        b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <" + b"11" * 32 + b"> /U <" + b"22" * 32 + b"> >>"
    )
    given = pdf(lock).replace(b"/Info", b"/ID [<00> <00>] /Encrypt")

    assert code(given) == "pdf_locked"


def test_cleaning_leaves_the_given_bytes_alone() -> None:
    given = pdf()
    held = io.BytesIO(given)

    scan.cleaned(given)

    assert held.getvalue() == given
