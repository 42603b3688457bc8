"""Every page the server serves, and a city in which each of them has something to show."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from sync.protocol import looks
from sync.protocol.looks import Look, Looks
from sync.protocol.standing import VERSION, Standing
from sync.server import accounts, codes, edge_queue, findings, live, proposals, revocation, scope
from sync.server.city import City
from sync.server.devices import SEEN_EVERY_MS
from sync.server.wall import directives
from sync.server.wall.directives import Directive
from sync.server.web.fields import File
from tests.sync.server.admin.conftest import HEAD, HEAD_PHRASE
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.edges.conftest import Counter
from tests.sync.server.laptop import LETTER, Laptop

Enrol = Callable[..., Laptop]
DOCS = Path(__file__).parents[4] / "docs"
PICTURES = DOCS / "pictures" / "server"
INDEX = DOCS / "halaman-server.md"
NUMBER = "0001/470/kel-a/11/2026"
SCREEN = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}


class Stop(NamedTuple):
    """One page as it is visited: the name of its picture, its address, by whom, on what."""

    name: str
    path: str
    is_public: bool = False
    status: int = 200

    @property
    def pictures(self) -> list[str]:
        """What is taken of it: whatever anybody may open is also seen on a telephone."""
        return [self.name, *([f"{self.name}_phone"] if self.is_public else [])]


# Each door by which a page comes, with its visits; names in braces are of `fill`.
WALK: Mapping[str, tuple[Stop, ...]] = {
    "/periksa": (
        Stop("check", "/periksa", is_public=True),
        Stop("check_genuine", "/periksa?k={qr}", is_public=True),
    ),
    "/periksa/{text:path}": (
        Stop("check_void", "/periksa/{void}", is_public=True),
        Stop("check_unknown", "/periksa/kel-a/9999", is_public=True, status=404),
    ),
    "/admin/sign-in": (Stop("sign_in", "/admin/sign-in", is_public=True),),
    "/live": (Stop("live_closed", "/live", is_public=True, status=401), Stop("live", "/live")),
    "/admin": (Stop("overview", "/admin"),),
    "/admin/live/{area}": (Stop("live_area", "/admin/live/99.71.01.1001"),),
    "/admin/directives": (Stop("directives", "/admin/directives"),),
    "/admin/region": (Stop("region", "/admin/region"),),
    "/admin/region/new": (Stop("region_new", "/admin/region/new"),),
    "/admin/region/proposed/{name}": (Stop("region_change", "/admin/region/proposed/{proposal}"),),
    "/admin/offices": (Stop("offices", "/admin/offices"),),
    "/admin/offices/new": (Stop("office_new", "/admin/offices/new"),),
    "/admin/offices/{office}": (Stop("office", "/admin/offices/{office}"),),
    "/admin/offices/{office}/edit": (Stop("office_edit", "/admin/offices/{office}/edit"),),
    "/admin/operators": (Stop("operators", "/admin/operators"),),
    "/admin/operators/{operator}": (Stop("operator", "/admin/operators/{operator}"),),
    "/admin/codes": (Stop("codes", "/admin/codes"),),
    "/admin/devices": (Stop("devices", "/admin/devices"),),
    "/admin/devices/{device}": (
        Stop("device", "/admin/devices/{device}"),
        Stop("device_revoked", "/admin/devices/{revoked}"),
    ),
    "/admin/devices/{device}/revoke": (
        Stop("revoke", "/admin/devices/{device}/revoke"),
        Stop("evidence", "/admin/devices/{revoked}/revoke"),
    ),
    "/admin/devices/{device}/lost": (Stop("lost", "/admin/devices/{device}/lost"),),
    "/admin/conflicts": (Stop("conflicts", "/admin/conflicts"),),
    "/admin/conflicts/{conflict}": (Stop("conflict", "/admin/conflicts/{conflict}"),),
    "/admin/removals": (Stop("removals", "/admin/removals"),),
    "/admin/quarantine": (Stop("quarantine", "/admin/quarantine"),),
    "/admin/edges": (Stop("edges", "/admin/edges"),),
    "/admin/findings": (Stop("findings", "/admin/findings"),),
    "/admin/findings/new": (Stop("finding_new", "/admin/findings/new"),),
    "/admin/findings/of/{finding}": (Stop("finding", "/admin/findings/of/{finding}"),),
    "/admin/trail": (Stop("trail", "/admin/trail"),),
    "/admin/looks": (Stop("looks", "/admin/looks"),),
    "/admin/administrators": (Stop("people", "/admin/administrators"),),
    "/admin/administrators/new": (Stop("person_new", "/admin/administrators/new"),),
    "/admin/administrators/of/{name:path}": (Stop("person", f"/admin/administrators/of/{HEAD}"),),
    "/admin/prove": (Stop("prove", "/admin/prove"),),
    "/admin/second-factor": (Stop("second_factor", "/admin/second-factor"),),
    "/admin/account": (Stop("account", "/admin/account"),),
    "/admin/{rest:path}": (Stop("trouble", "/admin/tidak-ada", status=404),),
}
# Pages that an act shows once, or that trouble alone brings.
ONCE = ("code", "recovery", "busy")
# What answers with no page: sent on, files, and what programs ask.
NO_PAGE = {
    "/admin/evidence", "/admin/language/{code}", "/admin/sign-out",
    "/admin/sign-out-all", "/admin/style-{name}.css",
    "/live/parts", "/live/assets/{name}", "/openapi.json", "/healthz", "/readyz", "/metrics",
    "/v1/hello", "/v1/enrol", "/v1/exchange", "/v1/answer/{name}", "/v1/upload",
    "/v1/upload/{name}",
}  # fmt: skip


def names() -> list[str]:
    """Name every picture."""
    stops = [stop for visits in WALK.values() for stop in visits]
    return [name for stop in stops for name in stop.pictures] + list(ONCE)


def failing(*_given: object, **_named: object) -> None:
    raise ZeroDivisionError


def fill(city: City, enrol: Enrol, time: Time) -> dict[str, str]:
    """Make something wait on every page; name what single pages are of."""
    ours, theirs, lost = enrol(), enrol(role="petugas"), enrol("kel-b")
    resident = ours.resident("AHMAD FAUZI", telepon="081200000001")
    ours.send(resident)
    ours.send(ours.edit(resident, telepon="081200000002"))
    theirs.send(theirs.edit(resident, telepon="081200000003"))
    people = [ours.resident(f"WARGA {chr(65 + n)}") for n in range(14)]
    ours.send(*people)
    ours.send(*(ours.move(one, "move_out", "moved", one, reason="Pindah") for one in people))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scope, "check", failing)
        ours.send(ours.resident("RACUN"))
    revocation.revoke(city, lost.device, ADMINISTRATOR)
    revocation.keep(city, [lost.batch(lost.resident("SITI"))])
    codes.make(city, "kel-a", "petugas", ADMINISTRATOR)
    time.ms += 2 * SEEN_EVERY_MS
    ours.exchange(standing=Standing(41, 90 * 3_600_000, VERSION, "Windows 11", True, "unknown"))
    theirs.exchange(standing=Standing(0, 0, VERSION, "Linux 6.1", True, "sealed"))
    accounts.add(city, HEAD, accounts.HEAD, HEAD_PHRASE, ADMINISTRATOR)
    look = Look(time.ms, ours.operator, resident.id, looks.RECORD, resident.service)
    ours.exchange(looks=looks.encode(Looks([look], 1)))
    _carried(city, ours)
    return {
        **_letters(city, ours),
        "finding": _asked(city, ours).hex(),
        "office": ours.welcome.office.id.hex(),
        "device": ours.device.hex(),
        "revoked": lost.device.hex(),
        "proposal": _proposed(city),
        "operator": theirs.operator.hex(),
    }


def _carried(city: City, laptop: Laptop) -> None:
    """Give up one complaint on its way to another system, and let another wait for it."""
    counter = Counter(laptop)
    counter.complain()
    with city.database.write() as connection:
        [item] = edge_queue.due(connection, city, [], 9)
        taken = edge_queue.take(connection, city, item)
        assert taken is not None
        words = "Jembatan sedang diperbaiki sampai hari Senin; kirimkan lagi sesudahnya."
        edge_queue.move(connection, city, taken, "expired", code="unreachable", words=words)
        until = city.now() + 3_600_000
        edge_queue.rest(connection, city, edge_queue.Rest("lapor", until, 7, "unreachable"))
    counter.complain()


def _proposed(city: City) -> str:
    """Bring a region file that says some things otherwise."""
    text = city.region.pack()["region.toml"].decode()
    text = text.replace('jumat = ["08:00-12:00", "13:00-15:00"]', 'jumat = ["08:00-11:30"]')
    text = text.replace('paper = "f4"', 'paper = "a4"').replace("block = 500", "block = 800")
    codes = city.region.pack()["classification.csv"] + b"500.4,Perdagangan\n"
    files = [File("kota_contoh.toml", text.encode()), File("classification.csv", codes)]
    return proposals.bring(city, files, ADMINISTRATOR)


def _letters(city: City, laptop: Laptop) -> dict[str, str]:
    """Issue two letters, void one of them, and leave some open; how the two are asked about."""
    form = city.catalogue.form(LETTER)
    made, other = laptop.letter({"nama": "AHMAD FAUZI"}), laptop.letter({"nama": "SITI AMINAH"})
    good, bad = laptop.issue(made, form, 1, NUMBER), laptop.issue(other, form, 2)
    void = laptop.move(other[0], "void", "void", bad, reason="Salah nama")
    laptop.send(*made, good, *other, bad, void)
    for nama in ("BUDI SANTOSO", "DEWI ANGGRAINI"):
        laptop.send(*laptop.letter({"nama": nama}))
    while live.catch_up(city):
        pass
    assert good.body.paper is not None
    assert bad.body.paper is not None
    return {"qr": good.body.paper["qr"], "void": bad.body.paper["data"]["letter"][:12]}


def _asked(city: City, laptop: Laptop) -> bytes:
    """Ask an office twice, by a disposition and by a finding that it answers; the finding."""
    today = city.day(city.now())
    texts = {
        "nomor_lhp": "700/012/LHP/2026",
        "tentang": "Nomor tanpa surat",
        "uraian": "Tiga nomor register tidak mempunyai surat.",
        "rekomendasi": "Jelaskan ketiga nomor itu.",
    }
    record = findings.begin(city, findings.Finding("kel-a", today, today, texts), ADMINISTRATOR)
    answer = laptop.change(
        findings.SERVICE, "answer", record=record, base={"state": record}, state="answered",
        reason="Dua dibatalkan karena salah cetak, satu milik loket keliling.",
    )  # fmt: skip
    assert [one.verdict for one in laptop.send(answer)] == ["applied"]
    text = "Selesaikan surat yang masih terbuka dan laporkan sebabnya."
    asked = Directive("kel-a", "Wali kota", "Surat yang terlambat", text, today)
    directives.give(city, asked, ADMINISTRATOR)
    return record
