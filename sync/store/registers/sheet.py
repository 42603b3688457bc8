"""Tables as a PDF of this office: its letterhead, the head of the office and who made it."""

from collections.abc import Iterable, Sequence
from itertools import islice

import msgspec

from forms.engine.problem import Problem, Refused
from forms.engine.words import label, official, say
from forms.mail import series as post
from forms.paper import register
from forms.paper.amounts import long_date, thousands
from forms.paper.mark import practice
from forms.paper.register import Hand, Sheet
from sync.store.case import Case, decode
from sync.store.handle import Store
from sync.store.progress import Progress, unheard
from sync.store.registers import disposition
from sync.store.registers.chart import Chart
from sync.store.registers.table import Column, Kind, Period, Row, Table, day, shown
from sync.store.statements import Connection

HEAD = "kepala"
_SIDES: dict[Kind, register.Side] = {
    "number": "right", "count": "right", "share": "right", "date": "center",
}  # fmt: skip
_LINKS = (
    Column("no", 9, "number"),
    Column("day", 22, "date"),
    Column("from", 34),
    Column("to_whom", 38),
    Column("instruction", 50),
    Column("due", 22, "date"),
    Column("done", 40),
)
_FACTS = (
    ("agenda", None),
    ("received", "tanggal_terima"),
    ("sender", "pengirim"),
    ("their_number", "nomor_surat"),
    ("their_day", "tanggal_surat"),
    ("about", "perihal"),
    ("answer_by", "batas_waktu"),
)
_FEW = 999  # rows whose number fits the usual column
_DIGITS = 5  # more of its width holds the number of any row
FREE_LINES = 4  # of a disposition sheet, for what is still passed on by hand


def pdf(
    store: Store,
    conn: Connection,
    title: str,
    period: Period,
    tables: Sequence[Table],
    progress: Progress = unheard,
) -> bytes:
    """Print tables with the office's letterhead and signatures; Refused(register_long)."""
    made = _of(store, conn, title, period, tables)
    return register.render(made, logo=store.region.logo, told=progress)


def pictures(
    store: Store,
    conn: Connection,
    title: str,
    period: Period,
    tables: Sequence[Table],
    progress: Progress = unheard,
    *,
    ppi: float,
) -> list[bytes]:
    """Draw the same pages for a printer; Refused(print_long)."""
    made = _of(store, conn, title, period, tables)
    return register.pictures(made, logo=store.region.logo, ppi=ppi, told=progress)


@official
def disposed(store: Store, record: bytes) -> bytes:
    """Print the disposition sheet of a letter that came in: the letter, the chain, room for more.

    Refused(record_unknown | not_in_scope).
    """
    return register.render(_disposition(store, record), logo=store.region.logo)


@official
def disposed_pictures(store: Store, record: bytes, *, ppi: float) -> list[bytes]:
    """Draw the disposition sheet for a printer; refusals as `disposed`."""
    return register.pictures(_disposition(store, record), logo=store.region.logo, ppi=ppi)


def _of(
    store: Store, conn: Connection, title: str, period: Period, tables: Sequence[Table]
) -> Sheet:
    said = say("register.period", first=long_date(period.first), last=long_date(period.last))
    made = []
    left = register.ROWS_MAX + 1  # one too many, so that what is too long is found out
    for table in tables:
        rows = tuple(_row(row, table.columns) for row in islice(table.rows, left))
        left -= len(rows)
        drawn = _table(table.title, table.columns, rows)
        made.append(msgspec.structs.replace(drawn, chart=_chart(table.chart)))
    return _printed(store, title, said, tuple(made), hands=_hands(store, conn))


def _disposition(store: Store, record: bytes) -> Sheet:
    with store.read() as conn:
        case = _letter(store, conn, record)
        links = disposition.chains(store, conn, [record]).get(record, ())
        hands = _hands(store, conn)
    rows = [
        Row((number, link.day, link.giver, link.receiver, link.instruction, link.due, _end(link)))
        for number, link in enumerate(links, 1)
    ]
    rows += [Row((None,) * len(_LINKS))] * FREE_LINES
    facts = []
    for key, field in _FACTS:
        value = case.answers.get(field) if field else case.number and case.number.text
        if value:
            dated = day(value)
            facts.append((label("column", key), long_date(dated) if dated else str(value)))
    table = _table("", _LINKS, tuple(_row(row, _LINKS) for row in rows))
    title = label("report", "disposition")
    return _printed(store, title, "", (table,), hands=hands[:1], facts=tuple(facts), wide=False)


def _printed(
    store: Store,
    title: str,
    period: str,
    tables: tuple[register.Table, ...],
    *,
    hands: tuple[Hand, ...],
    facts: tuple[tuple[str, str], ...] = (),
    wide: bool = True,
) -> Sheet:
    today = store.day().date
    office = store.office
    return Sheet(
        title=title,
        period=period,
        date=today.isoformat(),
        office=office.name,
        letterhead=store.region.head_lines(office),
        tables=tables,
        hands=hands,
        facts=facts,
        note=say("register.printed", date=f"{today:%d-%m-%Y}", operator=store.operator.name),
        size=store.region.paper,
        wide=wide,
        mark=practice().text if store.region.practice else "",
    )


def _table(title: str, columns: Iterable[Column], rows: tuple[register.Row, ...]) -> register.Table:
    heads = [register.Column(c.title, c.width, _SIDES.get(c.kind, "left")) for c in columns]
    if len(rows) > _FEW:  # the widest column gives, since a NIK has no room to spare
        widest = max(range(len(heads)), key=lambda at: heads[at].width)
        for at, more in ((0, _DIGITS), (widest, -_DIGITS)):
            heads[at] = msgspec.structs.replace(heads[at], width=heads[at].width + more)
    return register.Table(title, tuple(heads), rows, say("register.empty"))


def _chart(chart: Chart | None) -> register.Chart | None:
    """Write a picture's values as they are read."""
    if chart is None:
        return None
    told = tuple(tuple(map(thousands, series)) for series in chart.values)
    return register.Chart(chart.kind, chart.names, chart.labels, chart.values, told, chart.most)


def _row(row: Row, columns: Sequence[Column]) -> register.Row:
    cells = zip(row.cells, columns, strict=True)
    return register.Row(
        tuple(shown(cell, column.kind) for cell, column in cells), row.struck, row.strong
    )


def _end(link: disposition.Link) -> str:
    if link.state == disposition.OPEN:
        return ""
    return ": ".join(filter(None, (label("state", link.state), link.result)))


def _letter(store: Store, conn: Connection, record: bytes) -> Case:
    form = store.catalogue.form(post.INCOMING)
    if not store.sees(form):
        raise Refused(Problem("not_in_scope", facts={"service": form.code}))
    plain = conn.exec_driver_sql(
        "SELECT plain FROM record WHERE id = ? AND service = ?", (record, form.code)
    ).scalar()
    if plain is None:
        raise Refused(Problem("record_unknown"))
    return decode(plain)


def _hands(store: Store, conn: Connection) -> tuple[Hand, ...]:
    """Say who signs: the head of the office, and who made the sheet unless that is the head."""
    region, office = store.region, store.office
    area = region.areas.area(office.area) if region.areas.knows(office.area) else None
    place = area.name if area else region.place
    title = region.terms.get(f"head_{office.kind}", "")
    if area and area.level == office.kind:
        title = f"{title} {place}".strip()
    dated = say("register.place", place=place, date=long_date(store.day().date))
    people = conn.exec_driver_sql("SELECT id, roles FROM operator ORDER BY name").all()
    heads = [row.id for row in people if HEAD in row.roles.split(",")]
    head = store.operator.id if store.operator.id in heads else heads[0] if heads else b""
    first = Hand((say("register.seen"), f"{title},"), *_named(conn, head))
    if head == store.operator.id:
        return (Hand((dated, f"{title},"), *_named(conn, head)),)
    maker = Hand((dated, say("register.maker")), *_named(conn, store.operator.id))
    return first, maker


def _named(conn: Connection, person: bytes) -> tuple[str, tuple[str, ...]]:
    """Give a person's name as it stands below a signature, and what stands below the name."""
    plain = conn.exec_driver_sql("SELECT plain FROM record WHERE id = ?", (person,)).scalar()
    answers = decode(plain).answers if plain else {}
    name = str(answers.get("nama_lengkap") or answers.get("nama") or "")
    rank, nip = str(answers.get("pangkat") or ""), str(answers.get("nip") or "")
    return name, tuple(filter(None, (rank, f"NIP {nip}" if nip else "")))
