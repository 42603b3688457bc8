"""A laptop as the server meets it, made of protocol and crypto alone: keys, changes, batches."""

import hashlib
import os
from typing import Any

from forms.engine.form import Form
from sync.crypto import code as codes
from sync.crypto import envelope, signed
from sync.crypto import letter as seals
from sync.crypto.keys import DeviceKeys, key_id
from sync.protocol import columns, wire
from sync.protocol.batch import Batch
from sync.protocol.change import EDIT, NEW, NOBODY, STATE, Body, Change, Number, named
from sync.protocol.enrol import Join, Request, Welcome
from sync.protocol.exchange import Answer, Ask
from sync.protocol.header import CLASSICAL, Header, Kind
from sync.protocol.receipt import Receipt, Verdict
from sync.protocol.stream import Page
from sync.protocol.ties import SECOND, block_paper
from sync.server import enrolment, exchange
from sync.server.city import City

RESIDENT = "residents/resident"
LETTER = "letters/surat_keterangan_domisili"
HEIRS = "letters/surat_pernyataan_ahli_waris"  # the camat signs it too


class Laptop:
    """One device of an office, enrolled by a code."""

    def __init__(self, city: City, code: str, operator: str = "Siti Rahma") -> None:
        self.city = city
        self.keys = DeviceKeys.make()
        self.incarnation = os.urandom(8)
        self.join = self.request(code, operator)
        self.welcome = self.enrol()
        self.device, self.operator = self.welcome.device, self.welcome.operator
        self.seq = self.batches = 0
        self.prev = bytes(32)
        self.heard: dict[bytes, int] = {}
        self.clock = city.now()

    def request(self, code: str, operator: str) -> bytes:
        public = self.keys.public()
        join = Join(
            codes.read(code)[0],
            self.incarnation,
            public.sign,
            public.seal,
            public.letter,
            operator,
            self.city.now(),
        )
        header = self._header("enrol", key_id(public.sign), b"")
        reader = self.city.public.seal
        sealed = envelope.seal(wire.encode(join), header, sign=self.keys.sign, reader=reader)
        return wire.encode(Request(public.sign, sealed))

    def enrol(self) -> Welcome:
        answer = envelope.read(enrolment.enrol(self.city, self.join))
        content = envelope.open_sealed(answer, self.city.public.sign, self.keys.seal)
        return wire.decode(content, Welcome)

    def change(self, service: str, act: str, **parts: Any) -> Change:
        """Make a change; what isn't given is empty."""
        self.seq += 1
        answers = parts.pop("answers", {})
        body = Body(answers, parts.pop("reason", ""), parts.pop("paper", None))
        plain: dict[str, Any] = {
            "device": self.device,
            "incarnation": self.incarnation,
            "operator": self.operator,
            "time": self.clock + self.seq,
            "version": 1,
            "record": NOBODY,
            "subject": NOBODY,
            "base": {},
            "state": "",
            "number": None,
            "salt": os.urandom(12),
        }
        return named(
            Change(seq=self.seq, service=service, act=act, body=body, **{**plain, **parts})
        )

    def resident(self, nama: str = "AHMAD FAUZI", **answers: Any) -> Change:
        return self.change(RESIDENT, NEW, answers={"nama": nama, **answers}, state="active")

    def edit(self, record: Change, base: Change | None = None, **answers: Any) -> Change:
        """Edit fields that are groups of their own, on what `base` (or the first change) wrote."""
        head = (base or record).id
        bases = dict.fromkeys(answers, head)
        return self.change(record.service, EDIT, record=record.target, base=bases, answers=answers)

    def move(self, record: Change, act: str, state: str, last: Change, **parts: Any) -> Change:
        base = {STATE: last.id}
        return self.change(
            record.service, act, record=record.target, base=base, state=state, **parts
        )

    def letter(self, answers: dict[str, Any], service: str = LETTER, **parts: Any) -> list[Change]:
        """Take a letter from the first word to approved."""
        first = self.change(service, NEW, answers=answers, state="received", **parts)
        made = [first]
        for act, state in (("submit", "drafted"), ("check", "checked"), ("approve", "approved")):
            made.append(self.move(first, act, state, made[-1]))
        return made

    def issue(self, made: list[Change], form: Form, position: int, text: str = "") -> Change:
        first = made[0]
        base = dict.fromkeys(form.groups, first.id) | {STATE: made[-1].id}
        number = Number("surat", 2026, position, text or f"{position:04}/X")
        return self.change(
            first.service,
            "issue",
            record=first.target,
            base=base,
            state="issued",
            number=number,
            paper=self.paper(form, number.text, first.body.answers.get("nama", "")),
        )

    def paper(self, form: Form, number: str, nama: str) -> dict[str, Any]:
        """Compose what an issue carries, with a code of this laptop's own."""
        template, head = "= Surat", '{"office":"Sukamaju"}'
        name = os.urandom(16)
        data = {"letter": name.hex(), "number": number, "iso_date": "2026-11-21"}
        initials = "".join(word[0] for word in nama.split())
        claims = seals.Claims(name, number, form.title, "2026-11-21", initials, bytes(16))
        qr = seals.sign(claims, self.keys.letter, self.welcome.certificate)
        return {"layout": 1, "template": sha(template), "head": sha(head), "data": data, "qr": qr}

    def countersign(self, issue: Change, position: int, last: Change | None = None) -> Change:
        """Sign a letter second, with a number of this office's own register."""
        number = Number(SECOND, 2026, position, f"{position:04}/KEC")
        block = {"number": number.text, "iso_date": "2026-11-21", "name": "Drs. Camat"}
        return self.move(
            issue,
            "countersign",
            "countersigned",
            last or issue,
            number=number,
            paper=block_paper(block),
        )

    def batch(self, *changes: Change, texts: dict[str, str] | None = None, **parts: Any) -> bytes:
        """Seal the next batch of the chain."""
        self.batches += 1
        plain: dict[str, Any] = {
            "device": self.device,
            "incarnation": self.incarnation,
            "seq": self.batches,
            "changes": columns.encode(changes),
            "texts": texts or {},
            "cursors": [],
            "policy": 1,
            "highest": [],
            "clock": self.clock,
        }
        header = self._header("batch", self.device, self.prev, seq=self.batches)
        data = self.seal(header, wire.encode(Batch(**{**plain, **parts})))
        self.prev = envelope.read(data).id
        return data

    def seal(self, header: Header, content: bytes) -> bytes:
        return envelope.seal(content, header, sign=self.keys.sign, reader=self.city.public.seal)

    def ask(self, **parts: Any) -> bytes:
        plain: dict[str, Any] = {
            "nonce": b"n" * 16,
            "device": self.device,
            "incarnation": self.incarnation,
            "cursors": [],
            "wanted": [],
            "clock": self.clock,
            "received": self.heard.get(self.incarnation, 0),
        }
        content = wire.encode(Ask(**{**plain, **parts}))
        return self.seal(self._header("ask", self.device, bytes(32)), content)

    def exchange(self, *batches: bytes, **parts: Any) -> Answer:
        answer = self.open(exchange.exchange(self.city, [self.ask(**parts), *batches]))
        self.heard[self.incarnation] = self.receipt(answer).received
        return answer

    def open(self, data: bytes) -> Answer:
        answer = envelope.read(data)
        content = envelope.open_sealed(answer, self.city.public.sign, self.keys.seal)
        return wire.decode(content, Answer)

    def receipt(self, answer: Answer) -> Receipt:
        assert answer.receipt is not None
        plain = signed.check(answer.receipt, self.city.public.sign, "receipt")
        return wire.decode(plain, Receipt)

    def pages(self, answer: Answer) -> list[Page]:
        return [
            wire.decode(signed.check(page, self.city.public.sign, "page"), Page)
            for page in answer.pages
        ]

    def send(self, *changes: Change, texts: dict[str, str] | None = None) -> list[Verdict]:
        """Send one batch and return its verdicts."""
        return self.receipt(self.exchange(self.batch(*changes, texts=texts))).verdicts

    def _header(self, kind: Kind, writer: bytes, prev: bytes, seq: int = 0) -> Header:
        reader = key_id(self.city.public.seal)
        return Header(
            kind=kind,
            suite=CLASSICAL,
            writer=writer,
            reader=reader,
            incarnation=self.incarnation,
            seq=seq,
            prev=prev,
            epoch=self.city.epoch,
        )


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
