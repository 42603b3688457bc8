"""The list of numbers that no paper will bear says of each range what became of it, and why."""

import os

import msgspec

from sync.protocol.lease import Lease
from sync.store import leases
from sync.store.handle import Store
from sync.store.registers import report
from sync.store.registers.table import Period


def put(store: Store, *ranges: tuple[int, int, str, int]) -> None:
    """Put leases of another laptop: low, high, why it is over, and where its rest begins."""
    desk = store.desk
    lease = Lease(b"", desk.office.id, "surat", 2026, 1, 1, os.urandom(16), os.urandom(8))
    with store.write() as conn:
        for low, high, why, rest in ranges:
            name = os.urandom(16)
            one = msgspec.structs.replace(lease, id=name, low=low, high=high, ended=why, rest=rest)
            leases.put(conn, [one])


def test_ranges_stand_with_what_became_of_them(store: Store, month: Period) -> None:
    put(store, (501, 600, "revoked", 511), (801, 900, "reborn", 801), (901, 910, "", 0))

    (table,) = report.lists(store, "unused", month)

    assert [row.cells[1:7] for row in table.rows] == [
        ("surat", 2026, 511, 600, 90, "dikembalikan"),
        ("surat", 2026, 601, 800, 200, "dilewati"),
        ("surat", 2026, 801, 900, 100, "hangus"),
    ]
    assert [row.cells[7] for row in table.rows] == [
        "tidak dipakai, dikembalikan: laptopnya dicabut",
        "dilewati, pemulihan server",
        "hangus: laptopnya dipulihkan dari cadangan atau disalin",
    ]


def test_a_series_in_use_has_nothing_to_list(store: Store, month: Period) -> None:
    (table,) = report.lists(store, "unused", month)

    assert table.rows == ()
