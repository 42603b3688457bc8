"""The list of findings as a file: a PDF of the region, or a table for a spreadsheet."""

import csv
import io

from forms.engine.words import label, official, say
from forms.paper import register
from forms.paper.register import Column, Hand, Row, Sheet, Table
from sync.server.city import City
from sync.server.findings import OWED, Listed

COLUMNS = {"lhp": 30, "office": 40, "title": 60, "advice": 90, "due": 22, "days": 16, "state": 36}
LISTED_MAX = 3_000  # of a PDF: nobody leafs through more
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@official
def as_csv(found: list[Listed]) -> bytes:
    """Give a table that any spreadsheet opens; no cell of it is ever a formula."""
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow([heading(key) for key in COLUMNS])
    for one in found:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells(one)])
    return b"\xef\xbb\xbf" + made.getvalue().encode()


@official
def as_pdf(city: City, found: list[Listed], who: str) -> bytes:
    """Print it; beyond LISTED_MAX findings only the first, those to be done."""
    today = city.day(city.now())
    columns = tuple(
        Column(heading(key), width, "right" if key == "days" else "left")
        for key, width in COLUMNS.items()
    )
    rows = tuple(Row(tuple(cells(one)), strong=one.late) for one in found[:LISTED_MAX])
    sheet = Sheet(
        title=say("findings.title"),
        period=say("findings.on", date=f"{today:%d-%m-%Y}"),
        date=today.isoformat(),
        office=city.region.name,
        letterhead=(city.region.name.upper(),),
        tables=(Table("", columns, rows, say("findings.none")),),
        hands=(Hand((say("lost.made_by"),), who),),
        facts=tuple(counts(found)),
        size=city.region.paper,
    )
    return register.render(sheet, logo=city.region.logo)


def counts(found: list[Listed]) -> list[tuple[str, str]]:
    """Count findings by what they wait for."""
    told = {
        "open": sum(one.open for one in found),
        "late": sum(one.late for one in found),
        "owed": sum(one.state in OWED for one in found),
        "answered": sum(one.state == "answered" for one in found),
    }
    return [(label("findings", key), str(count)) for key, count in told.items()]


def heading(key: str) -> str:
    """Give the heading of a column."""
    return label("column", f"finding_{key}")


def cells(one: Listed) -> list[str]:
    """Give a finding's line; days are only counted while the office has something to do."""
    texts = one.texts
    return [
        texts["nomor_lhp"],
        one.office,
        texts["tentang"],
        texts["rekomendasi"],
        one.due,
        str(one.days) if one.state in OWED else "",
        label("state", one.state),
    ]
