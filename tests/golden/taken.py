"""Batches that the golden city takes, in their order, and the verdict of each change in them.

They are one history: each is judged on what those before it did. What is odd in them holds up
nothing: a change that can't come in is refused alone, and a number that was used stays a fact.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import msgspec

from sync.crypto import envelope
from sync.crypto.authorship import OperatorKeys, signed
from sync.protocol import authorship
from sync.protocol.change import Change, digest, named
from sync.protocol.settle import Settlement, deciding
from sync.protocol.ties import SECOND, block_paper
from tests.golden.desk import HEAD, HEIRS, LETTER, RESIDENT, TEMPLATE, Desk, number, sha
from tests.golden.town import BUDI, CAMAT, DEWI, KEYS, RINA

Verdicts = list[tuple[str, str]]
APPLIED = ("applied", "")


class Good(NamedTuple):
    """One batch: what it shows, its bytes, and verdict and code of each change."""

    name: str
    shows: str
    envelope: bytes
    verdicts: Verdicts


class Story:
    """Tells the history, batch by batch."""

    def __init__(self) -> None:
        self.rina, self.budi, self.dewi, self.camat = map(Desk, (RINA, BUDI, DEWI, CAMAT))
        self.told: list[Good] = []

    def tell(
        self,
        desk: Desk,
        shows: str,
        changes: list[Change],
        verdicts: Verdicts | None = None,
        **parts: Any,
    ) -> None:
        """Seal the desk's next batch; without `verdicts` all of it is applied."""
        data = seal(desk, desk.content(changes, **parts))
        desk.prev, desk.batches = envelope.read(data).id, desk.batches + 1
        name = f"{len(self.told) + 1:02}_{shows.partition(':')[0].replace(' ', '_')}"
        said = verdicts if verdicts is not None else [APPLIED] * len(changes)
        self.told.append(Good(name, shows, data, said))


def seal(desk: Desk, content: bytes, **header: Any) -> bytes:
    """Seal as the desk's next batch."""
    return envelope.seal(
        content,
        desk.header(**header),
        sign=desk.person.keys.sign,
        reader=KEYS.public().seal,
    )


def story() -> Story:
    """Tell it from its beginning."""
    told = Story()
    for chapter in (_residents, _letters, _kecamatan, _dispute, _later, _odd, _numbers, _signed):
        chapter(told)
    return told


def _people(desk: Desk) -> Iterator[Change]:
    births = ("1990-08-16", "1955-01-02", "2001-12-31", "1978-05-05", "1966-03-09", "1999-07-07")
    for place, born in enumerate(births):
        sex = "L" if place % 2 else "P"
        answers: dict[str, Any] = {"tanggal_lahir": born, "jenis_kelamin": sex, "rt": "003"}
        if place != 2:
            answers["telepon"] = f"08120000000{place}"
        yield desk.resident(f"WARGA {'ABCDEF'[place]}", **answers)


def _residents(told: Story) -> None:
    rina = told.rina
    told.tell(rina, "empty: no change at all", [])
    people = list(_people(rina))
    told.tell(rina, "residents: six records begin", people)
    first, second, third = people[:3]
    edited = rina.edit(first, telepon="081299999999")
    told.tell(
        rina,
        "edits: a value, an emptied one, the same value twice in one batch",
        [edited, rina.edit(second, telepon=None), rina.edit(first, edited, telepon="081299999999")],
        [APPLIED, APPLIED, ("no_effect", "")],
    )
    acts = [
        ("report_missing", "missing"), ("reinstate", "active"), ("move_out", "moved"),
        ("report_death", "deceased"), ("invalidate", "invalid"),
    ]  # fmt: skip
    walked = [third]
    for act, state in acts:
        walked.append(rina.move(walked[-1], act, state, reason="Menurut laporan RT"))
    told.tell(rina, "resident acts: every act of a resident, with reasons", walked[1:])


def _letters(told: Story) -> None:
    rina = told.rina
    texts = {sha(TEMPLATE): TEMPLATE, sha(HEAD): HEAD}
    made = rina.letter(nama="WARGA A", keperluan="Melamar pekerjaan")
    issued = rina.issue(made, number(1))
    told.tell(
        rina, "letter: from the first word to paper, with its texts", [*made, issued], texts=texts
    )
    handed = rina.move(issued, "ready", "ready")
    over = rina.move(handed, "hand_over", "handed_over")
    void = rina.move(over, "void", "void", reason="Salah ketik nama")
    told.tell(rina, "handed over: and made void", [handed, over, void])
    back = rina.change(
        LETTER, "new", answers={"nama": "WARGA B", "keperluan": "Sekolah"}, state="received"
    )
    returned = rina.move(back, "return", "returned", reason="Kurang KK")
    again = rina.move(returned, "submit", "drafted")
    refused = rina.move(again, "refuse", "refused", reason="Bukan warga")
    told.tell(rina, "returned: and refused at the counter", [back, returned, again, refused])
    late = rina.letter(nama="WARGA D", keperluan="Bank")
    told.tell(
        rina,
        "provisional number: the lease had ended",
        [*late, rina.issue(late, number(0, "S-7/RINA/2026"))],
        highest=[(b"l" * 16, 100)],
    )


def _kecamatan(told: Story) -> None:
    rina, camat = told.rina, told.camat
    made = rina.letter(HEIRS, nama="WARGA E")
    issued = rina.issue(made, number(2))
    told.tell(rina, "for the camat: a letter that is signed second", [*made, issued])
    block = {"number": "470/1/KEC", "iso_date": "2026-11-21", "name": "Drs. Camat"}
    signed = camat.move(
        issued,
        "countersign",
        "countersigned",
        number=number(301, "470/1/KEC", SECOND),
        paper=block_paper(block),
    )
    told.tell(camat, "countersigned: by the kecamatan, in its own register", [signed])


def _dispute(told: Story) -> None:
    rina, budi = told.rina, told.budi
    record = rina.resident("WARGA G", telepon="081200000007")
    ours = rina.edit(record, telepon="081200000070")
    theirs = budi.edit(record, telepon="081200000077")
    told.tell(rina, "present value: what another desk edits as well", [record, ours])
    told.tell(budi, "conflict: on an older base", [theirs], [("conflict", "groups:telepon")])
    said = Settlement(theirs.id, "telepon", ours.id, theirs.id, "proposed")
    settlement = rina.change(
        RESIDENT,
        "settle",
        record=record.id,
        base={"telepon": ours.id},
        answers={"telepon": "081200000077"},
        extra=deciding(said),
    )
    told.tell(
        rina, "settlement: the proposed value is adopted", [settlement], [("applied", "adopted")]
    )


def _later(told: Story) -> None:
    rina = told.rina
    unknown = {"warna_kesukaan": "biru", "nilai": [1, {"dalam": None}], "pecahan": 0.5}
    later = rina.change(
        RESIDENT,
        "new",
        answers={"nama": "WARGA H", **unknown},
        state="active",
        version=9,
        extra={"loket": "3", "urutan": 7},
    )
    plain = rina.resident("WARGA I")
    told.tell(
        rina, "later version: unknown fields, acts' columns and values are kept raw", [later, plain]
    )
    whole = rina.resident("WARGA J", alamat="Jalan Melati 1")
    gone = msgspec.structs.replace(
        whole, erased=digest(whole.salt, whole.body), salt=b"", body=type(whole.body)()
    )
    told.tell(rina, "erased: a body is gone and its id is the same", [gone], [("erased", "")])


def _odd(told: Story) -> None:
    rina, dewi = told.rina, told.dewi
    odd: tuple[Callable[[], tuple[str, Change, tuple[str, str]]], ...] = (
        lambda: (
            "unknown service: refused, the next one is applied",
            rina.change("letters/nothing", "new", answers={"nama": "X"}, state="received"),
            ("refused", "service_unknown"),
        ),
        lambda: (
            "unknown act: of a form's later machine",
            rina.change(RESIDENT, "teleport", state="active", record=b"r" * 16),
            ("refused", "action_unknown"),
        ),
        lambda: (
            "foreign operator: of another office",
            rina.change(
                RESIDENT, "new", answers={"nama": "X"}, state="active", operator=DEWI.record.id
            ),
            ("refused", "operator_unknown"),
        ),
        lambda: (
            "foreign author: a change of another device",
            rina.change(
                RESIDENT, "new", answers={"nama": "X"}, state="active", device=dewi.person.device
            ),
            ("refused", "author_wrong"),
        ),
        lambda: (
            "unknown base: of a record that is not here, held until it comes",
            rina.change(RESIDENT, "edit", answers={"nama": "X"}, record=b"r" * 16),
            ("held", ""),
        ),
    )
    for make in odd:
        shows, change, verdict = make()
        told.tell(rina, shows, [change, rina.resident("WARGA SESUDAHNYA")], [verdict, APPLIED])


def _numbers(told: Story) -> None:
    rina, budi = told.rina, told.budi
    made = rina.letter(nama="WARGA F", keperluan="Bank")
    foreign = rina.issue(made, number(150))
    told.tell(
        rina,
        "foreign number: of another desk's lease, printed and so a fact",
        [*made, foreign],
        [APPLIED] * 4 + [("applied", "number_not_leased")],
    )
    double = budi.letter(nama="WARGA K", keperluan="Bank")
    told.tell(
        budi,
        "double number: both papers are kept",
        [*double, budi.issue(double, number(150))],
        [APPLIED] * 4 + [("applied", "number_taken")],
    )
    wrong = {"0" * 64: "a text that is not what it is called"}
    told.tell(rina, "wrong text: left out, the change is taken", [rina.resident("L")], texts=wrong)
    forged = named(msgspec.structs.replace(rina.resident("WARGA M"), base={"nama": b"b" * 16}))
    follower = rina.edit(forged, telepon="081200000001")
    told.tell(
        rina,
        "wrong id: an edit of a record by a name that its content does not have",
        [msgspec.structs.replace(follower, record=b"w" * 16)],
        [("held", "")],
    )


def _signed(told: Story) -> None:
    """A desk of its own chain: what its operator signs, and what lacks it or bears another's."""
    dewi, own = told.dewi, told.dewi.person.own
    person = dewi.person
    key = dewi.change(
        authorship.SERVICE,
        "new",
        record=own.name,
        answers=authorship.brought(person.record.id, own.public, person.device),
        state=authorship.BROUGHT,
    )
    made = dewi.letter(nama="WARGA N", keperluan="Bank")
    made[-1] = signed(made[-1], own)  # approved
    told.tell(
        dewi,
        "signed acts: an operator's key, an approval and a letter that it signed",
        [signed(key, own), *made, signed(dewi.issue(made, number(201)), own)],
    )
    plain = dewi.letter(nama="WARGA O", keperluan="Sekolah")
    stranger = OperatorKeys.of(bytes(32))
    foreign = msgspec.structs.replace(own, sign=stranger.sign)  # its name, another's signature
    told.tell(
        dewi,
        "unsigned acts: an approval that lacks it, a letter signed by another's key",
        [*plain, signed(dewi.issue(plain, number(202)), foreign)],
        [APPLIED] * 3 + [("applied", "authorship_missing"), ("conflict", "authorship_wrong")],
    )
