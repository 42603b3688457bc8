"""PDFs that a citizen or a scanner brought: looked at, never carried out, and made anew.

Only pages go over into the new file. What belongs to the whole document stays behind: scripts,
actions at opening, attached files, form data, who wrote it with what. What lies on a page stays on
it, stamps and filled fields included, for that is what the paper says.
"""

import io
import re

from forms.engine.problem import Problem, Refused
from forms.paper.joined import TURN, named

PAGES_MAX = 60  # a family's whole bundle; more is a book

# The library writes when it saved, before any page, and a name by chance, at the very end.
_SAVED = re.compile(rb"(?<=/CreationDate\(D:)\d{14}")
_NO_TIME = b"20000101000000"
_CHANCE = re.compile(
    rb"(?<=/ID\[<)[0-9A-F]{32}(?=><[0-9A-F]{32}>\]\s*>>\s*startxref\s+\d+\s+%%EOF\s*$)"
)
_NO_NAME = b"0" * 32
_LOCKED = 4  # the library's FPDF_ERR_PASSWORD


def cleaned(content: bytes) -> tuple[bytes, int]:
    """Give the pages as a new PDF, and how many they are.

    The same file gives the same bytes. Refused(pdf_locked | pdf_damaged | pdf_pages).
    """
    import pypdfium2  # only who attaches a PDF needs it

    file = io.BytesIO()
    try:
        with TURN, pypdfium2.PdfDocument(content) as given:  # type: ignore[no-untyped-call] # has no types
            count = len(given)
            if not 0 < count <= PAGES_MAX:
                raise Refused(Problem("pdf_pages", facts={"max": PAGES_MAX}))
            with pypdfium2.PdfDocument.new() as made:  # type: ignore[no-untyped-call] # has no types
                made.import_pages(given)
                if len(made) != count:
                    raise Refused(Problem("pdf_damaged"))
                made.save(file)
    except pypdfium2.PdfiumError as error:
        locked = getattr(error, "err_code", None) == _LOCKED
        raise Refused(Problem("pdf_locked" if locked else "pdf_damaged")) from error
    timeless = _SAVED.sub(_NO_TIME, file.getvalue(), count=1)
    return named(_CHANCE.sub(_NO_NAME, timeless)), count
