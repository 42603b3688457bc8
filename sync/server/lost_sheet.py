"""The report of a lost laptop as a file: a PDF to sign, or everything as JSON or CSV."""

import csv
import datetime as dt
import io
from collections.abc import Iterable
from typing import Any

import msgspec

from forms.engine.words import label, official, say
from forms.paper import register
from forms.paper.amounts import long_date
from forms.paper.register import Column, Hand, Row, Sheet, Table
from sync.server.city import City
from sync.server.lost import Lost, Person

AREA = "lost"
LISTED_MAX = 3_000  # persons that a PDF lists: 12 s; who needs more takes the workbook or CSV
PERSON = ("nama", "nik", "alamat", "telepon", "berkas", "sejak", "keluar", "id")
LEASE = ("series", "year", "low", "high", "left")
WIDTHS = {"nama": 50, "nik": 34, "alamat": 60, "telepon": 30, "berkas": 14, "sejak": 24,
           "keluar": 24, "id": 66}  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def facts(city: City, lost: Lost) -> list[tuple[str, str]]:
    """Say in words what is known of the laptop itself."""
    device, told = lost.device, lost.device.told
    found = [
        ("device", device.id.hex()),
        ("office", lost.office.name),
        ("operator", device.operator),
        ("enrolled", _time(city, device.enrolled)),
        ("seen", _time(city, max(device.seen, device.sent))),
        ("revoked", _time(city, device.revoked) if device.revoked else say("lost.not_revoked")),
        (
            "keystore",
            say("lost.unsaid") if told is None else say(f"lost.keystore_{_yes(told.keystore)}"),
        ),
        ("disk", say("lost.unsaid") if told is None else say(f"lost.disk_{told.disk}")),
        ("unsent", say("lost.unsaid") if told is None else str(told.unsent)),
        ("version", "" if told is None else f"{told.version}, {told.system}"),
        ("persons", str(len(lost.persons))),
        ("numbers", str(sum(one.left for one in lost.leases))),
        ("waits", str(device.waits)),
    ]
    return [(label(AREA, key), value) for key, value in found if value]


@official
def as_json(city: City, lost: Lost) -> bytes:
    """Give everything; times are ISO 8601 in UTC, ids hex."""
    body: dict[str, Any] = {
        "kind": "teras/lost/1",
        "region": city.code,
        "made": _iso(lost.made),
        "until": _iso(lost.until),
        "office": {"code": lost.office.code, "name": lost.office.name},
        "device": _device(lost),
        "services": lost.services,
        "leases": [{key: getattr(one, key) for key in LEASE} for one in lost.leases],
        "operators": [{"id": one.id.hex(), "name": one.name, "roles": one.roles}
                      for one in lost.operators],
        "persons": [_told(one) for one in lost.persons],
    }  # fmt: skip
    return msgspec.json.encode(body)


@official
def as_csv(city: City, lost: Lost) -> bytes:
    """Give the persons as a table that any spreadsheet opens; no cell of it is ever a formula."""
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow([heading(key) for key in PERSON])
    for one in lost.persons:
        writer.writerow([_plain(cell) for cell in cells(city, one)])
    return b"\xef\xbb\xbf" + made.getvalue().encode()


@official
def as_pdf(city: City, lost: Lost, who: str) -> bytes:
    """Print it with the office's letterhead; of more than LISTED_MAX persons the counts alone."""
    listed = lost.persons if len(lost.persons) <= LISTED_MAX else []
    today = city.day(lost.made)
    forms = city.catalogue.forms
    counted = [(forms[code].title if code in forms else code, str(count))
               for code, count in lost.services.items()]  # fmt: skip
    people = [(one.name, ", ".join(label("role", role) for role in one.roles))
              for one in lost.operators]  # fmt: skip
    leases = [tuple(str(getattr(one, key)) for key in LEASE) for one in lost.leases]
    persons = tuple(Row(tuple(cells(city, one)[:-1])) for one in listed)
    tables = (
        _table(
            "could", (("can", 1),), [(say(f"lost.could_{at}"),) for at in ("read", "act", "after")]
        ),
        _table("records", (("service", 3), ("count", 1)), counted),
        _table("people", (("name", 2), ("roles", 3)), people),
        _table("leases", tuple((key, 1) for key in LEASE), leases),
        Table(
            label(AREA, "who"),
            tuple(Column(heading(key), WIDTHS[key]) for key in PERSON[:-1]),
            persons,
            say("lost.nobody") if not lost.persons else say("lost.elsewhere", max=LISTED_MAX),
        ),
    )
    sheet = Sheet(
        title=say("lost.title"),
        period=say("lost.until", date=_time(city, lost.until)),
        date=today.isoformat(),
        office=lost.office.name,
        letterhead=city.region.head_lines(lost.office),
        tables=tables,
        hands=(Hand((long_date(today), say("lost.made_by")), who),),
        facts=tuple(facts(city, lost)),
        note=say("lost.note"),
        size=city.region.paper,
    )
    return register.render(sheet, logo=city.region.logo)


def heading(key: str) -> str:
    """Give the heading of a column."""
    return label("column", f"lost_{key}")


def cells(city: City, one: Person) -> list[str]:
    """Give a person's line; who is erased has no name there."""
    return [
        one.name or say("lost.erased"),
        one.nik,
        one.address,
        one.phone,
        str(one.records),
        _time(city, one.since),
        _time(city, one.left) if one.left else "",
        one.id.hex(),
    ]


def _table(name: str, heads: Iterable[tuple[str, int]], rows: Iterable[Iterable[str]]) -> Table:
    columns = tuple(Column(heading(key), width) for key, width in heads)
    return Table(label(AREA, name), columns, tuple(Row(tuple(row)) for row in rows), "-")


def _device(lost: Lost) -> dict[str, Any]:
    device, told = lost.device, lost.device.told
    said = None if told is None else {
        "at": _iso(told.at), "unsent": told.unsent, "version": told.version,
        "system": told.system, "keystore": told.keystore, "disk": told.disk,
    }  # fmt: skip
    return {
        "id": device.id.hex(),
        "operator": device.operator,
        "enrolled": _iso(device.enrolled),
        "seen": _iso(device.seen) if device.seen else None,
        "sent": _iso(device.sent) if device.sent else None,
        "revoked": _iso(device.revoked) if device.revoked else None,
        "incarnation": device.incarnation.hex(),
        "evidence": device.waits,
        "says": said,
    }


def _told(one: Person) -> dict[str, Any]:
    return {
        "id": one.id.hex(),
        "name": one.name,
        "nik": one.nik,
        "address": one.address,
        "phone": one.phone,
        "records": one.records,
        "since": _iso(one.since),
        "left": _iso(one.left) if one.left else None,
    }


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _yes(flag: bool) -> str:  # noqa: FBT001 - reads as a word
    return "yes" if flag else "no"


def _time(city: City, moment: int) -> str:
    zone = dt.timezone(dt.timedelta(minutes=city.region.offset_minutes))
    return dt.datetime.fromtimestamp(moment / 1000, zone).strftime("%d-%m-%Y %H.%M")


def _iso(moment: int) -> str:
    return dt.datetime.fromtimestamp(moment / 1000, dt.UTC).isoformat(timespec="seconds")
