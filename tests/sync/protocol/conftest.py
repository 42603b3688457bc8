"""Changes as a kelurahan's counter makes them, with invented people."""

from typing import Any

import pytest

from sync.protocol.change import Body, Change, Number, named

DEVICE = bytes(range(16))
INCARNATION = bytes(range(8))
OPERATOR = bytes(range(16, 32))
TIME = 1_795_000_000_000


def resident(seq: int, **answers: Any) -> Change:
    return named(
        Change(
            device=DEVICE,
            incarnation=INCARNATION,
            seq=seq,
            operator=OPERATOR,
            time=TIME + seq * 7_000,
            service="residents/resident",
            version=1,
            act="new",
            record=b"",
            subject=b"",
            base={},
            state="active",
            number=None,
            salt=seq.to_bytes(12),
            body=Body(answers={"nama": "SARI MELATI", "nik": f"{seq:016}", **answers}),
        )
    )


@pytest.fixture
def letter() -> list[Change]:
    """One letter from the counter to its number: a new record, two transitions and the issue."""
    first = resident(1, tanggal_lahir="1990-08-16", rt="003")
    begun = named(
        Change(
            device=DEVICE,
            incarnation=INCARNATION,
            seq=2,
            operator=OPERATOR,
            time=TIME,
            service="letters/surat_keterangan_domisili",
            version=1,
            act="new",
            record=b"",
            subject=first.id,
            base={},
            state="received",
            number=None,
            salt=b"salt of two.",
            body=Body(answers={"keperluan": "Membuka rekening", "lampiran": {"seen": True}}),
        )
    )
    drafted = named(
        Change(
            device=DEVICE,
            incarnation=INCARNATION,
            seq=3,
            operator=OPERATOR,
            time=TIME + 5,
            service=begun.service,
            version=1,
            act="submit",
            record=begun.id,
            subject=b"",
            base={"state": begun.id},
            state="drafted",
            number=None,
            salt=b"",
            body=Body(),
        )
    )
    issued = named(
        Change(
            device=DEVICE,
            incarnation=INCARNATION,
            seq=4,
            operator=OPERATOR,
            time=TIME + 9,
            service=begun.service,
            version=1,
            act="issue",
            record=begun.id,
            subject=b"",
            base={"state": drafted.id, "keperluan": b"an older writer."},
            state="issued",
            number=Number("surat_keterangan_domisili", 2026, 12, "470/012/XI/2026"),
            salt=b"salt of four",
            body=Body(reason="", paper={"layout": 1, "data": {"nama": "SARI MELATI"}}),
        )
    )
    return [first, begun, drafted, issued]
