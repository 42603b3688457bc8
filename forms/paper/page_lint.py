"""Prints each letter's example in an invented office: does it set, and on as many sheets as it may.

The letter is tried with everything that a print adds (logo, code, the longest number), each sheet
behind it alone. A4 is tried: what fits there fits on F4, which is wider and longer.
"""

import msgspec

from forms.engine import lint
from forms.engine.answers import Answers, Scene
from forms.engine.check import check as checked
from forms.engine.example import fill
from forms.engine.form import Form, Sheet
from forms.engine.problem import Fact, Problem, Refused
from forms.engine.region import Office, Region
from forms.paper import letter, template
from forms.paper.letter import Signatory

DAY = lint.DAYS[0]
SIZE = "a4"
PPI = 12.0  # Pages are counted, not looked at.
OFFICE = Office(
    id=bytes(16),
    code="KEL-CTH",
    kind="kelurahan",
    name="Sukamaju",
    area="99.71.01.1001",
    address="Jalan Melati Nomor 17",
    phone="(021) 555-0123",
    postcode="99123",
)
SIGNATORY = Signatory("Lurah", "Drs. AHMAD SANTOSO, M.Si.", "Pembina, IV/a", "197001011995031002")
NUMBER = "400.12.2.1/12345/KEL-CTH/XI/2026"
QR = "TRS1:" + "0123456789ABCDEF" * 18  # as long as what a letter's code says
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h7v7z"/></svg>'
_REGION = """
code = "99.71"
name = "Kota Contoh"
place = "Contoh"
time_zone = "WIB"
source = "-"
paper = "{size}"
[letterhead]
default = ["Pemerintah {{region}}", "Kecamatan {{kecamatan}}", "Kelurahan {{kelurahan}}"]
[terms]
kelurahan = "Kelurahan"
kecamatan = "Kecamatan"
provinsi = "Provinsi"
head_kelurahan = "Lurah"
head_kecamatan = "Camat"
[colours]
accent = "#1b7a4b"
[numbers]
series = "one"
pattern = "{{kode}}/{{no}}/{{unit}}/{{tahun}}"
"""


def region(size: str) -> Region:
    """Make the invented region with a size of paper."""
    rows = [f"{area.code},{area.name},{area.level}" for area in lint.AREAS]
    areas = "\n".join(["kode,nama,tingkat", *rows, ""])
    texts = {"region.toml": _REGION.format(size=size), "wilayah.csv": areas, "logo.svg": LOGO}
    return Region.from_pack({name: text.encode() for name, text in texts.items()})


def check(form: Form) -> list[Problem]:
    """Print a letter's first example and count its pages; nothing is said of a broken example."""
    assert form.letter is not None, "only a letter is printed"
    scene = Scene(DAY, OFFICE.area, lint.AREAS)
    try:
        answers = checked(form, fill(form.example, scene), scene)
    except (Refused, OSError, ValueError):
        return []  # forms.engine.lint says what is wrong with it
    sheets = form.letter.printed_sheets(answers, DAY.isoformat())
    where = region(SIZE)
    for sheet in (None, *sheets):
        if problems := _faults(form, answers, where, sheet):
            return problems
    return []


def _faults(form: Form, answers: Answers, where: Region, sheet: Sheet | None) -> list[Problem]:
    """Print one source alone: what keeps it from being set, or a wrong number of pages."""
    assert form.letter is not None, "only a letter is printed"
    facts: dict[str, Fact] = {"form": form.code}
    facts["file"] = f"{form.code}/{sheet.name if sheet else 'letter.typ'}"
    try:
        found = _pages(form, answers, where, sheet)
    except Refused as refused:
        return [
            msgspec.structs.replace(problem, facts={**facts, **problem.facts})
            for problem in refused.problems
        ]
    most = template.pages(sheet.template) if sheet else form.letter.pages
    if found == most or (sheet is None and found < most):
        return []
    told = {**facts, "pages": found, "most": most, "size": where.paper.upper()}
    return [Problem("pages_many", facts=told)]


def _pages(form: Form, answers: Answers, where: Region, sheet: Sheet | None) -> int:
    """Count the pages of the letter alone, or of one of its sheets alone."""
    paper, texts = letter.compose(
        form,
        answers,
        region=where,
        office=OFFICE,
        signatory=SIGNATORY,
        number=NUMBER,
        date=DAY,
        letter_id=bytes(16),
    )
    assert form.letter is not None, "only a letter is printed"
    source = sheet.template if sheet else form.letter.template
    alone = msgspec.structs.replace(paper, template=letter.source_digest(source))
    texts = {**texts, alone.template: source}
    logo = LOGO.encode()
    return len(letter.pictures(alone, texts, logo=logo, qr=QR, mark=None, ppi=PPI))
