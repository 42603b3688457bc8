"""Changes as a kelurahan's counter makes them, with invented people."""

from typing import Any

import pytest

from sync.protocol.change import Body, Change, Number, named

DEVICE = bytes(range(16))
INCARNATION = bytes(range(8))
OPERATOR = bytes(range(16, 32))
TIME = 1_795_000_000_000


def act(seq: int, **told: Any) -> Change:
    """One change of this desk; what isn't told is as in a plain act without a body."""
    plain: dict[str, Any] = {
        "device": DEVICE,
        "incarnation": INCARNATION,
        "seq": seq,
        "operator": OPERATOR,
        "time": TIME + seq * 7_000,
        "version": 1,
        "act": "new",
        "record": b"",
        "subject": b"",
        "base": {},
        "state": "",
        "number": None,
        "salt": b"",
        "body": Body(),
    }
    return named(Change(**{**plain, **told}))


def resident(seq: int, **answers: Any) -> Change:
    return act(
        seq,
        service="residents/resident",
        state="active",
        salt=seq.to_bytes(12),
        body=Body(answers={"nama": "SARI MELATI", "nik": f"{seq:016}", **answers}),
    )


@pytest.fixture
def letter() -> list[Change]:
    """One letter from the counter to its number: a new record, a transition and the issue."""
    service = "letters/surat_keterangan_domisili"
    first = resident(1, tanggal_lahir="1990-08-16", rt="003")
    begun = act(
        2,
        service=service,
        subject=first.id,
        state="received",
        salt=b"salt of two.",
        body=Body(answers={"keperluan": "Membuka rekening", "lampiran": {"seen": True}}),
    )
    drafted = act(
        3,
        service=service,
        act="submit",
        record=begun.id,
        base={"state": begun.id},
        state="drafted",
    )
    issued = act(
        4,
        service=service,
        act="issue",
        record=begun.id,
        base={"state": drafted.id, "keperluan": b"an older writer."},
        state="issued",
        number=Number("surat_keterangan_domisili", 2026, 12, "470/012/XI/2026"),
        salt=b"salt of four",
        body=Body(paper={"layout": 1, "data": {"nama": "SARI MELATI"}}),
    )
    return [first, begun, drafted, issued]
