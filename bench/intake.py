"""How many changes a second the server applies, with signed receipts, over a growing database.

    python -m bench.intake [--postgres URL] [--devices N] [CHANGES ...]

One process does everything on a SQLite file with synchronous=FULL, or on the PostgreSQL whose
superuser's URL is given: verify, unseal, decode, check answers, judge, write, number, sign. Sealing
by the desks is not counted. Each size goes to a fresh server. With more devices they are spread
over the region's kelurahan and come eight at once, each with its share in one exchange. CPU time is
that of this process and of PostgreSQL's; it says more than the clock where others work on the
machine.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from sqlalchemy import create_engine, make_url

from bench.served import TICKS, Watched
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
PEOPLE_MAX = 800_000  # whom `resident` tells apart
AT_ONCE = 8  # as many as the server's threads


class Desk:
    """A device that makes residents and edits of them."""

    def __init__(self, city: City, code: str, first: int = 0) -> None:
        self.city = city
        self.first = first  # of the residents that it registers, so that they are nobody else's
        self.keys = DeviceKeys.make()
        self.incarnation = os.urandom(8)
        self.seq = self.batches = 0
        self.prev = bytes(32)
        public = self.keys.public()
        secret = codes.read(code)[0]
        join = Join(secret, self.incarnation, public.sign, public.seal, public.letter, "Siti", 0)
        sealed = self.seal("enrol", key_id(public.sign), bytes(32), wire.encode(join))
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
            last = self.change(NEW, Body(self._resident()), b"", {}, "active")
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
        data = self.seal("batch", self.welcome.device, self.prev, wire.encode(batch), self.batches)
        self.prev = envelope.read(data).id
        return data

    def ask(self) -> bytes:
        """Ask for a receipt and one row."""
        ask = Ask(os.urandom(16), self.welcome.device, self.incarnation, [], [], 0, 1)
        return self.seal("ask", self.welcome.device, bytes(32), wire.encode(ask))

    def _resident(self) -> dict[str, str]:
        return resident(self.first + self.seq) | {"kelurahan": self.welcome.office.area}

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

    def seal(self, kind: Kind, writer: bytes, prev: bytes, content: bytes, seq: int = 0) -> bytes:
        """Seal a message to the city as this laptop."""
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


class Backends:
    """The processes of a PostgreSQL of this machine, as far as they are at work for a database."""

    def __init__(self, url: str) -> None:
        self._base = psycopg.connect(url, autocommit=True)
        self._seen: dict[int, float] = {}

    def spent(self) -> float:
        """Tell the CPU seconds of all that were ever seen, those that write to the disk too."""
        query = (
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() OR datname IS NULL"
        )
        for (process,) in self._base.execute(query).fetchall():
            with suppress(OSError):
                fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
                self._seen[process] = (int(fields[11]) + int(fields[12])) / TICKS
        return sum(self._seen.values())

    def log_bytes(self) -> int:
        """Tell how much was ever written to the log."""
        return self._number("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn")

    def size(self) -> int:
        """Tell the bytes that the database takes."""
        return self._number("SELECT pg_database_size(current_database())")

    def _number(self, query: str) -> int:
        row = self._base.execute(query).fetchone()
        return int(row[0]) if row else 0


@contextmanager
def database(server: str) -> Iterator[str]:
    """Make a database on a PostgreSQL that goes afterwards; "" for a SQLite file."""
    if not server:
        yield ""
        return
    place = make_url(server).set(drivername="postgresql+psycopg")
    engine = create_engine(place, isolation_level="AUTOCOMMIT")
    name = f"bench_{os.urandom(4).hex()}"
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
        yield place.set(drivername="postgresql", database=name).render_as_string(
            hide_password=False
        )
        connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")
    engine.dispose()


def _founded(folder: Path, url: str, devices: int) -> tuple[City, list[Desk]]:
    phrase = os.urandom(8).hex()
    administration.init(folder, REGION, operator="Bench", passphrase=phrase, database=url)
    city = City.open(folder)
    areas = [area.code for area in city.region.areas if area.level == "kelurahan"]
    for area in areas:
        offices.add(city, Office(b"", area, "kelurahan", f"Kelurahan {area}", area), "Bench")
    desks = []
    for place in range(devices):
        code = enrol_codes.make(city, areas[place % len(areas)], "kepala", "Bench")[0]
        desks.append(Desk(city, code, place * (PEOPLE_MAX // devices)))
    return city, desks


def _trips(desks: list[Desk], size: int) -> Iterator[list[list[bytes]]]:
    """Give what comes at once: an ask and batches of each desk, at most so many changes each."""
    left, each = size, min(CHANGES_MAX, -(-size // len(desks)))
    while left:
        trips = []
        for desk in desks:
            batches = []
            for _ in range(BATCHES_EACH if len(desks) == 1 else 1):
                count = min(left, each)
                if count:
                    batches.append(desk.batch(list(desk.changes(count))))
                    left -= count
            if batches:
                trips.append([desk.ask(), *batches])
        yield trips


def _measure(size: int, server: str, devices: int) -> str:
    """Measure one size; give its line."""
    with tempfile.TemporaryDirectory() as name, database(server) as url:
        city, desks = _founded(Path(name) / "server", url, devices)
        before = administration.status(city).changes
        backends = Backends(url) if url else None
        there = backends.spent() if backends else 0.0
        wall, cpu, sent = 0.0, 0.0, 0
        watched = Watched(os.getpid())
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for trips in _trips(desks, size):
                sent += sum(len(batch) for trip in trips for batch in trip[1:])
                begun, spent = time.perf_counter(), time.process_time()
                list(pool.map(lambda trip: exchange.exchange(city, trip), trips))
                wall += time.perf_counter() - begun
                cpu += time.process_time() - spent
        there = backends.spent() - there if backends else 0.0
        took = watched.took()
        assert administration.status(city).changes == size + before
        city.close()
    all_of_it = size / (cpu + there)
    return (
        f"{size:>9,} {devices:>8} {wall:>8.2f} {size / wall:>10,.0f} {cpu / size * 1e6:>7.0f} "
        f"{there / size * 1e6:>6.0f} {all_of_it:>10,.0f} {sent / size:>7.1f} {took.peak:>6}"
    )


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--postgres", default="")
    asked.add_argument("--devices", type=int, default=1)
    asked.add_argument("sizes", type=int, nargs="*", default=SIZES)
    options = asked.parse_args()
    print("  changes  devices  seconds  changes/s  CPU us   base  /s of CPU  bytes     MB")
    for size in options.sizes:
        print(_measure(size, options.postgres, options.devices), flush=True)


if __name__ == "__main__":
    main()
