"""A laptop without a server: its welcome, its office, and a city that signs what a test says."""

import datetime as dt
import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from forms.engine.region import Region
from forms.mail import series as post
from forms.queue import tickets
from sync.crypto import envelope, letter, signed
from sync.crypto.keys import DeviceKeys, RegionKeys, key_id
from sync.protocol import columns, wire
from sync.protocol.batch import Batch
from sync.protocol.change import NEW, Body, Change, named
from sync.protocol.enrol import OfficeShape, Welcome
from sync.protocol.exchange import Answer, Ask
from sync.protocol.header import CLASSICAL, Header
from sync.protocol.lease import Lease
from sync.protocol.receipt import Receipt, Verdict, VerdictName
from sync.protocol.stream import CHAIN_START, Fate, Page, Raw, Signed, chained
from sync.store import inbound, outbox, staff
from sync.store import open as door
from sync.store.handle import Store

REGIONS = Path(__file__).parents[3] / "resources" / "regions"
RESIDENT = "residents/resident"
LETTER = "letters/surat_keterangan_usaha"
OPERATOR = "Rahayu Kanari"
PASSPHRASE = "sepeda biru di kebun"
START = int(dt.datetime(2026, 11, 21, 2, tzinfo=dt.UTC).timestamp() * 1000)


Told = tuple[Change, VerdictName, str]  # a change, its verdict and code


class Clock:
    """A clock that a test sets; every reading is a millisecond later than the one before."""

    def __init__(self) -> None:
        self.time = START

    def __call__(self) -> int:
        self.time += 1
        return self.time


class MemoryKeystore:
    """A keystore that works, or says that there is none."""

    def __init__(self, *, works: bool = True) -> None:
        self.works = works
        self.kept: dict[str, bytes] = {}

    def copied(self) -> "MemoryKeystore":
        """Be the keystore of another laptop in the same state."""
        other = MemoryKeystore(works=self.works)
        other.kept = dict(self.kept)
        return other

    def available(self) -> bool:
        return self.works

    def get(self, name: str) -> bytes | None:
        return self.kept.get(name)

    def put(self, name: str, secret: bytes) -> None:
        self.kept[name] = secret


class City:
    """The far end: it opens what a desk sends, and says in signed pages whatever a test decides."""

    def __init__(self, office: bytes) -> None:
        self.keys = RegionKeys.make()
        self.office = office
        self.epoch = os.urandom(16)
        self.heads: dict[str, tuple[int, bytes]] = {}
        self.received: list[tuple[Header, bytes, Batch]] = []
        self.time = START

    def stream(self, group: str) -> str:
        return f"{self.office.hex()}/{group}"

    def page(
        self,
        group: str,
        told: Sequence[Told] = (),
        leases: Sequence[Lease] = (),
    ) -> Signed:
        """Sign the next rows of a stream: changes with their verdicts, then leases."""
        stream = self.stream(group)
        at, chain = self.heads.get(stream, (0, CHAIN_START))
        fates = []
        for change, verdict, code in told:
            at += 1
            fate = Fate(at, change.id, verdict, code, self.office, self.time)
            fates.append(Raw(wire.encode(fate)))
            chain = chained(chain, fates[-1])
        grants = []
        for lease in leases:
            at += 1
            grants.append((at, Raw(wire.encode(lease))))
            chain = chained(chain, grants[-1][1])
        first = at - len(fates) - len(grants) + 1
        self.heads[stream] = (at, chain)
        changes = columns.encode([change for change, _, _ in told])
        page = Page(self.epoch, stream, first, at, at, chain, changes, fates, grants)
        return signed.sign(wire.encode(page), self.keys.sign, "page")

    def open(self, data: bytes, desk: Store) -> Any:
        sheet = envelope.read(data)
        plain = envelope.open_sealed(sheet, desk.keys.public().sign, self.keys.seal)
        if sheet.header.kind == "ask":
            return wire.decode(plain, Ask)
        batch = wire.decode(plain, Batch)
        self.received.append((sheet.header, sheet.id, batch))
        return batch

    def receipt(self, desk: Store, verdicts: Sequence[Verdict] = (), durable: int = 0) -> Signed:
        header, name, _ = self.received[-1]
        receipt = Receipt(
            self.epoch,
            desk.desk.device,
            desk.desk.incarnation,
            header.seq,
            name,
            durable,
            list(verdicts),
            self.time,
        )
        return signed.sign(wire.encode(receipt), self.keys.sign, "receipt")

    def answer(self, desk: Store, nonce: bytes, **parts: Any) -> bytes:
        said = {
            "nonce": nonce,
            "epoch": self.epoch,
            "receipt": None,
            "pages": [],
            "texts": {},
            "leases": [],
            "time": self.time,
            "more": False,
        } | parts
        public = desk.keys.public().seal
        header = Header(
            "answer",
            CLASSICAL,
            key_id(self.keys.public().sign),
            key_id(public),
            b"",
            0,
            bytes(32),
            self.epoch,
        )
        return envelope.seal(
            wire.encode(Answer(**said)), header, sign=self.keys.sign, reader=public
        )

    def agree(
        self, desk: Store, *, verdict: VerdictName = "applied", code: str = ""
    ) -> inbound.Taken:
        """Take all that the desk has, give every change the same verdict, and bring it back."""
        outbox.freeze(desk)
        pages = []
        for data in outbox.unreceipted(desk):
            batch = self.open(data, desk)
            groups: dict[str, list[Told]] = {}
            for change in columns.decode(batch.changes):
                form = desk.catalogue.form(change.service)
                groups.setdefault(form.group, []).append((change, verdict, code))
            pages += [self.page(group, told) for group, told in groups.items()]
        receipt = self.receipt(desk) if self.received else None
        nonce = outbox.ask(desk).nonce
        return inbound.take(desk, self.answer(desk, nonce, pages=pages, receipt=receipt), nonce)


class Desk:
    """A laptop's folder with all that a test needs to open it again."""

    def __init__(self, folder: Path, city: City, clock: Clock, keystore: MemoryKeystore) -> None:
        self.folder, self.city, self.clock, self.keystore = folder, city, clock, keystore

    def unlock(self, operator: str = OPERATOR, passphrase: str = PASSPHRASE) -> Store:
        return door.unlock(
            self.folder, operator, passphrase, keystore=self.keystore, now=self.clock
        )


def make_welcome(city: City, keys: DeviceKeys, incarnation: bytes, role: str = "kepala") -> Welcome:
    region = Region.read(REGIONS / "kota_contoh.toml")
    area = next(area for area in region.areas if area.level == "kelurahan")
    office = OfficeShape(city.office, "KEL-KENANGA", "kelurahan", area.name, area.code, [])
    device = os.urandom(16)
    person = named(
        Change(
            device=hashlib.sha256(b"region").digest()[:16],
            incarnation=city.epoch,
            seq=1,
            operator=b"",
            time=START,
            service=staff.SERVICE,
            version=1,
            act=NEW,
            record=b"",
            subject=b"",
            base={},
            state="active",
            number=None,
            salt=os.urandom(12),
            body=Body({"nama": OPERATOR, "peran": [role]}),
        )
    )
    series = "surat" if region.numbers.series == "one" else LETTER.rpartition("/")[2]
    leases = [
        Lease(os.urandom(16), office.id, name, 2026, 1, 500, device, incarnation)
        for name in (series, post.AGENDA, tickets.SERIES)
    ]
    public = keys.public()
    return Welcome(
        device=device,
        operator=person.id,
        role=role,
        office=office,
        region=region.code,
        pack=region.pack(),
        keys=city.keys.public(),
        epoch=city.epoch,
        policy=1,
        certificate=letter.certify(public.letter, office.name, region.code, city.keys.root),
        leases=[],
        pages=[city.page("office", [(person, "applied", "")], leases)],
        texts={},
        time=START,
    )


def make_desk(folder: Path, role: str = "kepala", *, keystore: bool = True) -> Desk:
    city, clock = City(os.urandom(16)), Clock()
    kept = MemoryKeystore(works=keystore)
    keys, incarnation = DeviceKeys.make(), os.urandom(8)
    welcome = make_welcome(city, keys, incarnation, role)
    store = door.create(
        folder, welcome, keys, incarnation, OPERATOR, PASSPHRASE, keystore=kept, now=clock
    )
    store.close()
    return Desk(folder, city, clock, kept)


def count_of(store: Store, table: str) -> int:
    with store.read() as conn:
        return int(conn.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())  # noqa: S608 - names of our own
