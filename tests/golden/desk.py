"""A desk of the golden city: makes changes and seals them into the chain of its incarnation."""

import hashlib
import os
from typing import Any

from sync.crypto import letter as seals
from sync.crypto.keys import key_id
from sync.protocol import columns, wire
from sync.protocol.batch import Batch
from sync.protocol.change import EDIT, NEW, NOBODY, SALT_BYTES, STATE, Body, Change, Number, named
from sync.protocol.header import CLASSICAL, Header
from tests.golden.town import EPOCH, KEYS, SERIES, YEAR, Person
from tests.sync.server.conftest import NOON

RESIDENT = "residents/resident"
LETTER = "letters/surat_keterangan_domisili"
HEIRS = "letters/surat_pernyataan_ahli_waris"  # the camat signs it second
TEMPLATE, HEAD = "= Surat Keterangan\n#body", '{"office":"Kelurahan A"}'
# What a letter vouches for when it is issued; each is a group of its own, or part of one.
GROUPS = ("nama", "tempat_tinggal", "keperluan")


class Desk:
    """One device; `prev` is the id of its last batch, as whoever reads the envelopes sees it."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.seq = self.batches = 0
        self.prev = bytes(32)

    def change(self, service: str, act: str, **parts: Any) -> Change:
        """Make a change; what isn't given is empty."""
        self.seq += 1
        body = Body(parts.pop("answers", {}), parts.pop("reason", ""), parts.pop("paper", None))
        empty = body == Body()
        plain: dict[str, Any] = {
            "device": self.person.device,
            "incarnation": self.person.incarnation,
            "operator": self.person.record.id,
            "time": NOON + 60_000 * self.seq,
            "version": 1,
            "record": NOBODY,
            "subject": NOBODY,
            "base": {},
            "state": "",
            "number": None,
            "salt": b"" if empty else os.urandom(SALT_BYTES),
        }
        return named(
            Change(seq=self.seq, service=service, act=act, body=body, **{**plain, **parts})
        )

    def resident(self, nama: str, **answers: Any) -> Change:
        return self.change(RESIDENT, NEW, answers={"nama": nama, **answers}, state="active")

    def edit(self, record: Change, base: Change | None = None, **answers: Any) -> Change:
        bases = dict.fromkeys(answers, (base or record).id)
        return self.change(record.service, EDIT, record=record.target, base=bases, answers=answers)

    def move(self, last: Change, act: str, state: str, **parts: Any) -> Change:
        base = {STATE: last.id}
        return self.change(last.service, act, record=last.target, base=base, state=state, **parts)

    def letter(self, service: str = LETTER, **answers: Any) -> list[Change]:
        """Take a letter from the first word to approved."""
        made = [self.change(service, NEW, answers=answers, state="received")]
        for act, state in (("submit", "drafted"), ("check", "checked"), ("approve", "approved")):
            made.append(self.move(made[-1], act, state))
        return made

    def issue(self, made: list[Change], number: Number) -> Change:
        first = made[0]
        base = {key: first.id for key in GROUPS if key in first.body.answers}
        return self.change(
            first.service,
            "issue",
            record=first.target,
            base=base | {STATE: made[-1].id},
            state="issued",
            number=number,
            paper=self._paper(number, str(first.body.answers.get("nama", ""))),
        )

    def _paper(self, number: Number, nama: str) -> dict[str, Any]:
        name, date = os.urandom(16), "2026-11-21"
        initials = "".join(word[0] for word in nama.split())
        claims = seals.Claims(name, number.text, "Surat", date, initials, bytes(16))
        qr = seals.sign(claims, self.person.keys.letter, self.person.certificate)
        data = {"letter": name.hex(), "number": number.text, "iso_date": date, "nama": nama}
        return {"layout": 1, "template": sha(TEMPLATE), "head": sha(HEAD), "data": data, "qr": qr}

    def plain(self, changes: list[Change], **parts: Any) -> dict[str, Any]:
        """Give the content of the next batch as a map."""
        return {
            "device": self.person.device,
            "incarnation": self.person.incarnation,
            "seq": self.batches + 1,
            "changes": columns.encode(changes),
            "texts": {},
            "cursors": [],
            "policy": 1,
            "highest": [],
            "clock": NOON,
        } | parts

    def content(self, changes: list[Change], **parts: Any) -> bytes:
        return wire.encode(Batch(**self.plain(changes, **parts)))

    def header(self, **parts: Any) -> Header:
        """Give the header of the next batch."""
        plain: dict[str, Any] = {
            "kind": "batch",
            "suite": CLASSICAL,
            "writer": self.person.device,
            "reader": key_id(KEYS.public().seal),
            "incarnation": self.person.incarnation,
            "seq": self.batches + 1,
            "prev": self.prev,
            "epoch": EPOCH,
        }
        return Header(**{**plain, **parts})


def number(position: int, text: str = "", series: str = SERIES) -> Number:
    return Number(series, YEAR, position, text or f"400.12.2.1/{position:03}/XI/2026")


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
