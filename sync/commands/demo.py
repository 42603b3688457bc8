"""`demo`: a server and two desks on this machine go the way of every service, with invented people.

It goes by the commands of this folder and nothing else, so it shows what an administrator could do
by hand. Whatever it makes lies in one folder; it reads nothing outside the project.
"""

import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import HTTPCookieProcessor, build_opener

import msgspec

from forms.engine import catalogue, words
from forms.engine.form import Form
from forms.engine.prefill import from_subject
from forms.engine.problem import Problem, Refused
from forms.engine.region import Region
from sync.commands import credential, door
from sync.commands.call import Answer, Call
from sync.commands.parser import parse
from sync.commands.table import DONE, REFUSED
from sync.commands.trouble import explained
from sync.server import run as server
from sync.store.keystore import NoKeystore

RESOURCES = Path(__file__).parents[2] / "resources"
REGION = RESOURCES / "regions" / "kota_contoh.toml"
RESIDENTS = RESOURCES / "practice" / "penduduk_contoh.xlsx"
RESIDENT = "residents/resident"
LETTER = "letters/surat_keterangan_usaha"
OFFICE = "001"
SCREEN = "demo"
WAIT_S = 10
# Everybody in the demo is invented, and the phrase opens nothing but the demo's own folder.
ADMINISTRATOR = "Administrator Contoh"
OPERATORS = ("Sari Puspita", "Bima Wardhana")
PASSPHRASE = "pagi cerah di teras rumah"  # noqa: S105 - as said above


def demo(call: Call) -> Answer:
    """Go the whole way; then draw the windows (`--headless`) or open the application on it.

    Status 1 when a step failed, with its problems; the steps after it were not gone.
    """
    given = call.options.dir
    folder = Path(given) if given else Path(tempfile.mkdtemp(prefix="teras-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise Refused(Problem("folder_not_empty", facts={"folder": str(folder)}))
    demonstration = Demonstration(call, folder)
    try:
        return demonstration.go()
    finally:
        demonstration.close()


class Demonstration:
    """One demo under way in one folder: what was done so far, and what later steps need of it."""

    def __init__(self, call: Call, folder: Path) -> None:
        self.folder = folder
        self.steps: list[dict[str, Any]] = []
        self._call = call
        self._running: server.Running | None = None
        self._area = self._live = ""
        self._citizen: dict[str, Any] = {}
        self._letter: dict[str, Any] = {}
        self._pictures: list[Path] = []

    def go(self) -> Answer:
        """Do every step until one fails."""
        for name, work in self._way():
            problems = self._step(name, work)
            if problems:
                return Answer({**self._told(), "problems": problems}, REFUSED)
        if not self._call.options.headless and self._call.upstairs is not None:
            self._call.warn(words.say("demo_sign_in", name=OPERATORS[0], phrase=PASSPHRASE))
            self._call.upstairs.open(self._desk(0))
        return Answer(self._told(), DONE)

    def close(self) -> None:
        """End the server."""
        if self._running is not None:
            self._running.stop()

    def _way(self) -> list[tuple[str, Callable[[], None]]]:
        way = [
            ("server init", self._init),
            ("server run", self._run),
            ("server office add", self._office),
            ("enrol first desk", lambda: self._enrol(0)),
            ("enrol second desk", lambda: self._enrol(1)),
            ("import residents", self._import),
            ("record find", self._find),
            ("letter issued", self._issue),
            ("letter pdf", self._pdf),
            ("letter checked", self._check),
            ("sync first desk", lambda: self._sync(0)),
            ("sync second desk", lambda: self._sync(1)),
            ("same letter at second desk", self._same_letter),
            ("server records", self._city_has_it),
            ("second letter by stick", self._by_stick),
            ("disposition given and answered", self._direct),
            ("live room", self._wall),
            ("server backup", self._back_up),
            ("verify", self._verify),
        ]
        if self._call.options.headless and self._call.upstairs is not None:
            way.append(("pictures", self._draw))
        return way

    def _step(self, name: str, work: Callable[[], None]) -> list[dict[str, Any]]:
        began = time.perf_counter()
        problems: list[dict[str, Any]] = []
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it was, the answer says which step it ended
            problems = explained(error)
        seconds = round(time.perf_counter() - began, 3)
        self.steps.append({"name": name, "ok": not problems, "seconds": seconds})
        self._call.warn(f"{'✓' if not problems else '✗'} {name} ({seconds:.1f} s)")
        return problems

    def _told(self) -> dict[str, Any]:
        return {
            "steps": self.steps,
            "pictures": [str(path) for path in self._pictures],
            "dir": str(self.folder),
            "live": self._live,
            "operator": OPERATORS[0],
            "passphrase": PASSPHRASE,
        }

    def _init(self) -> None:
        self._city("server", "init", "--region", REGION)

    def _run(self) -> None:
        self._running = server.start(self.folder / "server")

    def _office(self) -> None:
        region = Region.read(REGION)
        self._area = region.areas.first(region.code, "kelurahan")
        name = f"{region.terms['kelurahan']} {region.areas.area(self._area).name}"
        self._city(
            "server", "office", "add", "--code", OFFICE, "--kind", "kelurahan",
            "--name", name, "--area", self._area,
        )  # fmt: skip

    def _enrol(self, desk: int) -> None:
        assert self._running is not None, "the server runs before anybody enrols"
        made = self._city("server", "enrol-code", "--office", OFFICE, "--role", "kepala")
        self._at(
            desk, "enrol", "--server", self._running.url,
            "--code", made["code"], "--operator", OPERATORS[desk],
        )  # fmt: skip

    def _import(self) -> None:
        done = self._at(0, "import", "residents", RESIDENTS)
        self._expect(done["added"] > 0)

    def _find(self) -> None:
        listed = self._at(0, "record", "list", "--service", RESIDENT, "--limit", "1")["records"]
        (first,) = listed
        found = self._at(0, "record", "find", first["answers"]["nama"], "--service", RESIDENT)
        self._expect(any(hit["record"] == first["record"] for hit in found["records"]))
        self._citizen = first

    def _issue(self) -> None:
        form = self._at(0, "services", "show", LETTER)
        answers = form["example"] | from_subject(_form(LETTER), self._citizen["answers"])
        path = self.folder / "answers.json"
        path.write_bytes(msgspec.json.encode(answers))
        self._letter = self._at(
            0, "record", "new", LETTER, "--answers", path,
            "--subject", self._citizen["record"], "--issue",
        )  # fmt: skip
        self._expect(self._letter["state"] == "issued" and "number" in self._letter)

    def _pdf(self) -> None:
        path = self.folder / "letter.pdf"
        done = self._at(0, "letter", "pdf", self._letter["record"], path)
        self._expect(done["copy"] == 0 and path.read_bytes().startswith(b"%PDF"))

    def _check(self) -> None:
        keys = self.folder / "keys.json"
        self._city("server", "keys", "export", keys)
        record = self._at(0, "record", "show", self._letter["record"])
        checked = self._at(0, "check", record["qr"], "--keys", keys)
        self._expect(checked["says"]["number"] == self._letter["number"])

    def _sync(self, desk: int) -> None:
        self._expect(self._at(desk, "sync")["pending"] == 0)

    def _same_letter(self) -> None:
        first = self._at(0, "record", "show", self._letter["record"])
        second = self._at(1, "record", "show", self._letter["record"])
        self._expect(all(first[key] == second[key] for key in ("answers", "state", "number", "qr")))

    def _city_has_it(self) -> None:
        held = self._city("server", "records", "--service", LETTER)["records"]
        same = [record for record in held if record["id"] == self._letter["record"]]
        self._expect([record["number"] for record in same] == [self._letter["number"]])

    def _by_stick(self) -> None:
        """Issue another letter and bring it to the second desk without the network."""
        stick = self.folder / "stick"
        stick.mkdir()
        letter = self._at(0, "record", "new", LETTER, "--answers", self.folder / "answers.json",
                          "--subject", self._citizen["record"], "--issue")  # fmt: skip
        self._at(1, "carry", "out", stick)  # what a desk wants to know travels too
        self._at(0, "carry", "out", stick)
        self._expect(not self._city("server", "carry", stick)["batches"]["refused"])
        self._expect(self._at(0, "carry", "in", stick)["pending"] == 0)
        self._at(1, "carry", "in", stick)
        there = self._at(1, "record", "show", letter["record"])
        self._expect(there["number"] == letter["number"])

    def _direct(self) -> None:
        """Let the city's head ask the office something, and the desk say what was done."""
        due = dt.datetime.now().astimezone().date() + dt.timedelta(days=3)
        given = self._city(
            "server", "disposition", "--office", OFFICE, "--sender", words.say("demo_sender"),
            "--about", words.say("demo_about"), "--request", words.say("demo_request"),
            "--due", due,
        )  # fmt: skip
        self._sync(0)
        seen, answer = self._at(0, "record", "show", given["record"]), words.say("demo_answer")
        self._expect(seen["answers"]["isi"] == words.say("demo_request"))
        self._at(0, "record", "move", given["record"], "finish", "--reason", answer)
        self._sync(0)
        (listed,) = self._city("server", "dispositions")["dispositions"]
        self._expect((listed["state"], listed["answer"]) == ("done", answer))

    def _wall(self) -> None:
        """Open the wall screen as a browser does, and say where it is."""
        assert self._running is not None, "the server runs until the demo ends"
        made = self._city("server", "live", "token", SCREEN)
        self._live = self._running.url + made["path"]
        self._call.warn(words.say("demo_wall", address=self._live))
        browser = build_opener(HTTPCookieProcessor())
        with browser.open(self._live, timeout=WAIT_S) as page:
            self._expect(b'id="wall"' in page.read())

    def _back_up(self) -> None:
        kept = self.folder / "backups"
        kept.mkdir()
        self._expect(self._city("server", "backup", kept / "city.backup")["ok"])

    def _verify(self) -> None:
        for desk in range(len(OPERATORS)):
            self._expect(self._at(desk, "verify")["ok"])
        self._expect(self._city("server", "verify")["ok"])

    def _draw(self) -> None:
        assert self._call.upstairs is not None, "pictures are drawn only where there is a window"
        self._pictures = self._call.upstairs.pictures(
            self._desk(0), self.folder / "pictures", OPERATORS[0], PASSPHRASE
        )
        self._expect(all(path.stat().st_size > 0 for path in self._pictures))

    def _desk(self, desk: int) -> Path:
        return self.folder / f"desk-{desk + 1}"

    def _at(self, desk: int, *argv: object) -> dict[str, Any]:
        return self._ask(OPERATORS[desk], "--data-dir", self._desk(desk), *argv)

    def _city(self, *argv: object) -> dict[str, Any]:
        return self._ask(ADMINISTRATOR, "--server-dir", self.folder / "server", *argv)

    def _ask(self, who: str, *argv: object) -> dict[str, Any]:
        environ = {credential.NAME: who, credential.PASSPHRASE: PASSPHRASE}
        options = parse([str(word) for word in argv])
        answer = door.answer(Call(options, environ=environ, kept_by=NoKeystore()))
        self._expect(answer.status == DONE)
        return dict(answer.body)

    def _expect(self, holds: bool) -> None:  # noqa: FBT001 - reads as "expect(this)"
        """Refused(demo_differs) where the answer is not what the step is there to show."""
        if not holds:
            raise Refused(Problem("demo_differs"))


def _form(service: str) -> Form:
    return catalogue.load().form(service)
