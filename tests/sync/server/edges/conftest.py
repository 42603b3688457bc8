"""A complaint at a counter, the fake LAPOR that it goes to, and runs of the courier."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.protocol.change import NEW, Change
from sync.server import edge_queue
from sync.server.city import City
from sync.server.edge_queue import Item
from sync.server.edges import courier
from tests.sync.server.edges.lapor import TOKEN, Lapor
from tests.sync.server.laptop import Laptop

COMPLAINT = "aspirations/complaint"
ANSWERS: dict[str, Any] = {
    "jenis": "pengaduan",
    "tanggal": "2026-11-21",
    "kategori": "pju",
    "judul": "Lampu jalan padam",
    "isi": "Lampu di depan balai warga padam sejak hari Minggu.",
    "tempat": "Depan balai warga",
    "pelapor": {"nama": "AHMAD FAUZI", "telepon": "081200000001"},
    "batas_terusan": "2026-11-25",
    "batas_jawaban": "2026-12-02",
    "batas_tutup": "2026-12-16",
}


class Counter:
    """A counter that takes complaints and sends them to LAPOR."""

    def __init__(self, laptop: Laptop) -> None:
        self.laptop = laptop

    def complain(self, **answers: Any) -> list[Change]:
        """Take one and send it on; the change that began it and the one that sent it."""
        given = {key: value for key, value in {**ANSWERS, **answers}.items() if value is not None}
        made = self.laptop.change(COMPLAINT, NEW, answers=given, state="received")
        sent = self.laptop.move(made, "send_lapor", "at_lapor", made)
        verdicts = [verdict.verdict for verdict in self.laptop.send(made, sent)]
        assert verdicts == ["applied", "applied"]
        return [made, sent]


@pytest.fixture
def counter(enrol: Callable[..., Laptop]) -> Counter:
    return Counter(enrol())


@pytest.fixture
def lapor() -> Iterator[Lapor]:
    fake = Lapor()
    yield fake
    fake.stop()


Run = Callable[[], int]


@pytest.fixture
def run(city: City, lapor: Lapor) -> Run:
    """One run of the courier to the fake, whose chance is always 1."""
    point(city.folder, f'[lapor]\nurl = "{lapor.url}"\ntoken = "{TOKEN}"\n')
    return lambda: courier.run(city, chance=lambda: 1.0)


def point(folder: Path, text: str) -> Path:
    """Write where the edges lead, as the one who runs the server would."""
    path = folder / "edges.toml"
    path.touch(0o600)
    path.write_text(text, "utf-8")
    return path


def items(city: City) -> list[Item]:
    """All items, the oldest first."""
    return edge_queue.listing(city, limit=100)[::-1]
