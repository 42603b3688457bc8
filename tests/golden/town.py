"""The city that the golden batches are for: its keys and ids are fixed, known to all, worthless.

Three offices; `RINA` and `BUDI` work in the first, `DEWI` in the second, `CAMAT` in the kecamatan
of both. `GONE` is a device of the first that was revoked, `STRANGER` one that nobody let in.
"""

import contextlib
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import insert, update

from forms.engine.region import Office
from sync.crypto import letter, wrap
from sync.crypto.authorship import OperatorKeys
from sync.crypto.keys import DeviceKeys, RegionKeys
from sync.protocol import wire
from sync.protocol.change import NEW, NOBODY, Body, Change, named
from sync.protocol.lease import Lease
from sync.protocol.view import Judgement, Present
from sync.server import administration, city_keys, lives, streams, tables, writing
from sync.server.city import OFFICE_GROUP, OPERATOR, SECRET, City
from sync.server.devices import Device
from sync.server.judging import Outcome
from sync.server.ring import KEYS_CONTEXT
from sync.server.streams import Entry
from sync.server.view import BatchView
from tests.sync.server.conftest import ADMINISTRATOR, NOON, PASSPHRASE, REGION

SERIES, YEAR, LEASED = "surat", 2026, 100


def fixed(label: str, size: int = 16) -> bytes:
    """Give bytes that are the same for ever."""
    return hashlib.sha256(f"golden {label}".encode()).digest()[:size]


KEYS = RegionKeys(fixed("city sign", 32), fixed("city seal", 32), fixed("city root", 32))
OTHER = RegionKeys(fixed("other sign", 32), fixed("other seal", 32), fixed("other root", 32))
EPOCH = fixed("epoch")
OFFICES = (
    Office(fixed("kel-a"), "kel-a", "kelurahan", "Kelurahan A", "99.71.01.1001"),
    Office(fixed("kel-b"), "kel-b", "kelurahan", "Kelurahan B", "99.71.01.1002"),
    Office(fixed("kec-a"), "kec-a", "kecamatan", "Kecamatan A", "99.71.01"),
)


class Person(NamedTuple):
    """A device with its one operator."""

    name: str
    office: Office
    role: str = "kepala"
    revoked: bool = False

    @property
    def device(self) -> bytes:
        return fixed(f"device {self.name}")

    @property
    def incarnation(self) -> bytes:
        return fixed(f"incarnation {self.name}", 8)

    @property
    def keys(self) -> DeviceKeys:
        sign, seal, letters = (
            fixed(f"{part} {self.name}", 32) for part in ("sign", "seal", "letter")
        )
        return DeviceKeys(sign, seal, letters)

    @property
    def own(self) -> OperatorKeys:
        """The keys that sign what the operator does, not the device."""
        return OperatorKeys.of(fixed(f"operator {self.name}", 32))

    @property
    def certificate(self) -> bytes:
        return letter.certify(self.keys.public().letter, self.office.name, "99.71", KEYS.root)

    @property
    def record(self) -> Change:
        """The change, of the server's own, that made the operator's record."""
        return named(
            Change(
                device=fixed("city"),
                incarnation=EPOCH,
                seq=1 + PEOPLE.index(self),
                operator=fixed("city"),
                time=NOON,
                service=OPERATOR,
                version=1,
                act=NEW,
                record=NOBODY,
                subject=NOBODY,
                base={},
                state="active",
                number=None,
                salt=fixed(f"salt {self.name}", 12),
                body=Body(answers={"nama": self.name, "peran": [self.role]}),
            )
        )


RINA = Person("Rina", OFFICES[0])
BUDI = Person("Budi", OFFICES[0])
DEWI = Person("Dewi", OFFICES[1])
CAMAT = Person("Camat", OFFICES[2])
GONE = Person("Joko", OFFICES[0], revoked=True)
PEOPLE = (RINA, BUDI, DEWI, CAMAT, GONE)
STRANGER = Person("Asing", OFFICES[0])


@contextlib.contextmanager
def founded(folder: Path) -> Iterator[City]:
    """Found the city in an empty folder; its clock stands."""
    administration.init(
        folder, REGION, operator=ADMINISTRATOR, passphrase=PASSPHRASE, now=lambda: NOON
    )
    city = City.open(folder, lambda: NOON)
    with city.database.write() as connection:
        wrapped = wrap.wrap(wire.encode(KEYS), (folder / SECRET).read_bytes(), KEYS_CONTEXT)
        connection.execute(update(tables.region).values(id=fixed("city"), keys=wrapped))
        connection.execute(update(tables.epoch).values(id=EPOCH, seq=len(PEOPLE)))
    city.close()
    city = City.open(folder, lambda: NOON)
    city_keys.attend(city)  # the first list of its keys is there before any message
    for office in OFFICES:
        _add(city, office)
    for person in PEOPLE:
        _let_in(city, person)
    try:
        yield city
    finally:
        city.close()


def _add(city: City, office: Office) -> None:
    with city.database.write() as connection:
        connection.execute(
            insert(tables.office).values(
                region=city.code,
                id=office.id,
                code=office.code,
                kind=office.kind,
                name=office.name,
                area=office.area,
                catchment=",".join(office.catchment),
                address="",
                phone="",
                email="",
                postcode="",
                made=NOON,
            )
        )


def _let_in(city: City, person: Person) -> None:
    public, change = person.keys.public(), person.record
    present = Present(
        change.id,
        OPERATOR,
        person.office.id,
        NOBODY,
        "active",
        dict(change.body.answers),
        {"": change.id},
    )
    judgement = Judgement("applied", present=present)
    device = Device(
        person.device, person.office.id, public.sign, public.seal, person.incarnation, NOON
    )
    with city.database.write() as connection:
        connection.execute(
            insert(tables.device).values(
                region=city.code,
                id=device.id,
                office=device.office,
                sign=device.sign,
                seal=device.seal,
                letter=public.letter,
                certificate=person.certificate,
                operator=change.id,
                incarnation=device.incarnation,
                enrolled=NOON,
                seen=NOON,
                revoked=NOON if person.revoked else 0,
            )
        )
        lives.begin(connection, city, device, device.incarnation)
        view = BatchView(connection, city, {})
        view.speak_for(person.office.id)
        view.load([change])
        view.put(change, judgement)
        writing.write(view, [Outcome(change, judgement)], NOON)
        for series in (SERIES, "camat"):
            lease = _lease(person, series)
            connection.execute(
                insert(tables.lease).values(
                    region=city.code,
                    granted=NOON,
                    **{name: getattr(lease, name) for name in Lease.__struct_fields__},
                )
            )
            streams.append(connection, city.code, [Entry(lease.office, OFFICE_GROUP, lease=lease)])


def _lease(person: Person, series: str) -> Lease:
    """Give a person's numbers: a hundred each, one person's behind another's."""
    low = 1 + LEASED * PEOPLE.index(person)
    name = fixed(f"lease {series} {person.name}")
    holder = person.device, person.incarnation
    return Lease(name, person.office.id, series, YEAR, low, low + LEASED - 1, *holder)
