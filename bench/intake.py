"""How many changes a second the server applies, with signed receipts, over a growing database.

    python -m bench.intake [--postgres URL] [CHANGES ...]

One process does everything on a SQLite file with synchronous=FULL, or on the PostgreSQL whose
superuser's URL is given: verify, unseal, decode, check answers, judge, write, number, sign. Sealing
by the desk is not counted. Each size goes to a fresh server.
"""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url

from forms.engine.region import Office
from sync.crypto import code as codes
from sync.crypto import envelope
from sync.crypto.keys import DeviceKeys, key_id
from sync.protocol import columns, wire
from sync.protocol.batch import CHANGES_MAX, Batch
from sync.protocol.change import EDIT, NEW, Body, Change, named
from sync.protocol.enrol import Join, Request, Welcome
from sync.protocol.exchange import Ask
from sync.protocol.header import CLASSICAL, Header, Kind
from sync.server import administration, enrolment, exchange, offices
from sync.server import codes as enrol_codes
from sync.server.city import City

REGION = Path(__file__).parents[1] / "resources" / "regions" / "kota_contoh.toml"
SIZES = (1_000, 10_000, 100_000)
EDITS_SHARE = 4  # every fourth change is an edit of a resident registered before
BATCHES_EACH = 10  # of 1,000 changes in one exchange


class Desk:
    """A device that makes residents and edits of them."""

    def __init__(self, city: City, code: str) -> None:
        self.city = city
        self.keys = DeviceKeys.make()
        self.incarnation = os.urandom(8)
        self.seq = self.batches = 0
        self.prev = bytes(32)
        public = self.keys.public()
        secret = codes.read(code)[0]
        join = Join(secret, self.incarnation, public.sign, public.seal, public.letter, "Siti", 0)
        sealed = self._seal("enrol", key_id(public.sign), bytes(32), wire.encode(join))
        answer = enrolment.enrol(city, wire.encode(Request(public.sign, sealed)))
        content = envelope.open_sealed(envelope.read(answer), city.public.sign, self.keys.seal)
        self.welcome = wire.decode(content, Welcome)

    def changes(self, count: int) -> Iterator[Change]:
        """Make registrations, and edits of the one just registered."""
        last: Change | None = None
        for _ in range(count):
            self.seq += 1
            if last is not None and self.seq % EDITS_SHARE == 0:
                answers = {"telepon": f"0812{self.seq:08}"}
                yield self.change(EDIT, Body(answers), last.target, {"telepon": last.id}, "")
                continue
            last = self.change(NEW, Body(resident(self.seq)), b"", {}, "active")
            yield last

    def edit(self, record: bytes, base: bytes, answers: dict[str, str]) -> Change:
        """Make an edit of fields of a record that this change wrote last."""
        self.seq += 1
        return self.change(EDIT, Body(dict(answers)), record, dict.fromkeys(answers, base), "")

    def batch(self, changes: list[Change]) -> bytes:
        """Seal the next batch."""
        self.batches += 1
        batch = Batch(
            self.welcome.device,
            self.incarnation,
            self.batches,
            columns.encode(changes),
            {},
            [],
            1,
            [],
            0,
        )
        data = self._seal("batch", self.welcome.device, self.prev, wire.encode(batch), self.batches)
        self.prev = envelope.read(data).id
        return data

    def ask(self) -> bytes:
        """Ask for a receipt and one row."""
        ask = Ask(os.urandom(16), self.welcome.device, self.incarnation, [], [], 0, 1)
        return self._seal("ask", self.welcome.device, bytes(32), wire.encode(ask))

    def change(
        self, act: str, body: Body, record: bytes, base: dict[str, bytes], state: str
    ) -> Change:
        """Make any change of a resident."""
        return named(
            Change(
                device=self.welcome.device,
                incarnation=self.incarnation,
                seq=self.seq,
                operator=self.welcome.operator,
                time=self.city.now(),
                service="residents/resident",
                version=1,
                act=act,
                record=record,
                subject=b"",
                base=base,
                state=state,
                number=None,
                salt=os.urandom(12),
                body=body,
            )
        )

    def _seal(self, kind: Kind, writer: bytes, prev: bytes, content: bytes, seq: int = 0) -> bytes:
        reader = self.city.public.seal
        header = Header(
            kind, CLASSICAL, writer, key_id(reader), self.incarnation, seq, prev, self.city.epoch
        )
        return envelope.seal(content, header, sign=self.keys.sign, reader=reader)


def resident(place: int) -> dict[str, str]:
    """Invent what is known of one."""
    day, month = place % 28 + 1, place % 12 + 1
    serial, subdistrict = place % 9_999 + 1, place // 9_999 % 90 + 1
    return {
        "nik": f"9971{subdistrict:02}{day:02}{month:02}80{serial:04}",
        "nomor_kk": f"997101{day:02}{month:02}05{serial:04}",
        "nama": f"WARGA CONTOH {place}",
        "tempat_lahir": "CONTOH",
        "tanggal_lahir": f"1980-{month:02}-{day:02}",
        "jenis_kelamin": "L",
        "agama": "1",
        "status_kawin": "2",
        "pendidikan": "5",
        "pekerjaan": "15",
        "shdk": "1",
        "alamat": f"JL. MELATI NO. {place % 200}",
        "rt": f"{place % 9 + 1:03}",
        "rw": f"{place % 5 + 1:03}",
        "kelurahan": "99.71.01.1001",
    }


@contextmanager
def _database(server: str) -> Iterator[str]:
    """Make a database on a PostgreSQL that goes afterwards; "" for a SQLite file."""
    if not server:
        yield ""
        return
    place = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(place, isolation_level="AUTOCOMMIT")
    name = f"bench_{os.urandom(4).hex()}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield place.set(database=name).render_as_string(hide_password=False)
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


def _measure(size: int, server: str) -> tuple[float, int]:
    """Return seconds of the server's work and the bytes that went up."""
    with tempfile.TemporaryDirectory() as name, _database(server) as url:
        folder = Path(name) / "server"
        phrase = os.urandom(8).hex()
        administration.init(folder, REGION, operator="Bench", passphrase=phrase, database=url)
        city = City.open(folder)
        office = Office(b"", "kel-a", "kelurahan", "Kelurahan A", "99.71.01.1001")
        offices.add(city, office, "Bench")
        desk = Desk(city, enrol_codes.make(city, "kel-a", "kepala", "Bench")[0])
        work, sent = 0.0, 0
        left = size
        while left:
            batches = []
            for _ in range(BATCHES_EACH):
                count = min(left, CHANGES_MAX)
                if count:
                    batches.append(desk.batch(list(desk.changes(count))))
                    left -= count
            sent += sum(map(len, batches))
            ask = desk.ask()
            begun = time.perf_counter()
            exchange.exchange(city, [ask, *batches])
            work += time.perf_counter() - begun
        assert administration.status(city).changes == size + 1
        city.close()
    return work, sent


def main() -> None:
    """Print the table."""
    words = sys.argv[1:]
    server = words[1] if words[:1] == ["--postgres"] else ""
    sizes = [int(word) for word in words[2 if server else 0 :]] or SIZES
    print("changes    seconds  changes/s  bytes/change")
    for size in sizes:
        seconds, sent = _measure(size, server)
        print(f"{size:>8,} {seconds:>9.2f} {size / seconds:>10,.0f} {sent / size:>13.1f}")


if __name__ == "__main__":
    main()
