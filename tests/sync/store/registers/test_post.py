"""Letters that come in, are passed on, written by hand and carried out."""

import datetime as dt
import os
from collections.abc import Callable
from typing import Any

import pytest

from forms.engine.problem import Refused
from forms.engine.region import Region
from sync.protocol.lease import Lease
from sync.store import leases, numbers, read, records
from sync.store.handle import Store
from sync.store.records import Saved
from sync.store.registers import disposition, lines
from sync.store.registers.page import Page
from sync.store.registers.table import Period
from sync.store.verify import verify
from tests.sync.store.laptop import REGIONS, City

Enter = Callable[..., Saved]
Issue = Callable[..., Saved]
Look = Callable[..., Page]
Cell = Callable[..., Any]
Days = Callable[[float], None]
TODAY = dt.date(2026, 11, 21)


def text(saved: Saved) -> str:
    assert saved.number is not None
    return saved.number.text


# ---------------------------------------------------------------- what comes in


def test_a_letter_that_comes_in_gets_the_next_agenda_number_at_once(
    enter: Enter, look: Look, cell: Cell
) -> None:
    first = enter("incoming", pengirim="Dinas Sosial")
    second = enter("incoming", pengirim="Ketua RW 004")

    found = look("incoming")

    assert [text(first), text(second)] == ["1/2026", "2/2026"]
    assert [cell(found, row, "agenda") for row in (0, 1)] == ["1/2026", "2/2026"]
    assert cell(found, 1, "sender") == "Ketua RW 004"
    assert cell(found, 0, "received") == TODAY
    assert cell(found, 0, "sort") == "Penting"


def test_the_year_of_the_agenda_is_that_of_the_receipt(
    store: Store, enter: Enter, look: Look
) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("UPDATE lease SET year = 2025 WHERE series = 'surat_masuk'")
    late = enter(
        "incoming", tanggal_terima="2025-12-30", tanggal_surat="2024-12-28", batas_waktu=None
    )

    assert text(late) == "1/2025"
    assert look("incoming").total == 0
    assert look("incoming", Period(dt.date(2025, 1, 1), dt.date(2025, 12, 31))).total == 1


def test_a_date_of_receipt_that_is_put_right_moves_the_line(
    store: Store, enter: Enter, look: Look
) -> None:
    saved = enter("incoming")
    earlier = Period(dt.date(2026, 11, 18), dt.date(2026, 11, 18))
    assert look("incoming", earlier).total == 0

    records.edit(store, saved.record, {"tanggal_terima": "2026-11-18"})

    assert look("incoming", earlier).total == 1
    assert look("incoming").total == 1


def test_without_a_lease_a_letter_that_comes_in_is_entered_all_the_same(
    store: Store, enter: Enter, look: Look
) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("DELETE FROM lease")

    enter("incoming")

    assert look("incoming").rows[0].marks == ("provisional",)


# ---------------------------------------------------------------- who is to do what


def test_the_chain_behind_a_letter_is_told_in_its_order(
    store: Store, enter: Enter, look: Look, cell: Cell
) -> None:
    letter = enter("incoming").record
    first = enter("disposition", subject=letter, kepada="Sekretaris", tenggat="2026-11-24").record
    enter("disposition", subject=letter, dari="Sekretaris", kepada="Kasi Kesos", tenggat=None)
    records.move(store, first, "finish", reason="Diteruskan ke Kasi Kesos")

    found = look("incoming")
    with store.read() as conn:
        links = disposition.chains(store, conn, [letter])[letter]

    assert cell(found, 0, "passed") == "Sekretaris (selesai); Kasi Kesos"
    assert [link.receiver for link in links] == ["Sekretaris", "Kasi Kesos"]
    assert [link.state for link in links] == ["done", "open"]
    assert links[0].result == "Diteruskan ke Kasi Kesos"
    assert links[0].instruction.startswith("Hadiri / wakili; Pelajari")


def test_what_is_not_done_in_time_is_marked(
    store: Store, enter: Enter, look: Look, days: Days
) -> None:
    letter = enter("incoming", batas_waktu=None).record
    task = enter("disposition", subject=letter, tenggat="2026-11-23").record
    assert look("incoming").rows[0].marks == ()

    days(3)

    assert look("incoming").rows[0].marks == ("overdue",)
    with store.read() as conn:
        waiting = disposition.waiting(store, conn)
    assert [link.is_overdue(dt.date(2026, 11, 24)) for link in waiting[letter]] == [True]

    records.move(store, task, "finish", reason="Dihadiri")

    assert look("incoming").rows[0].marks == ()
    with store.read() as conn:
        assert disposition.waiting(store, conn) == {}


def test_a_letter_that_was_to_be_answered_is_overdue_until_it_is_archived(
    store: Store, enter: Enter, look: Look, days: Days
) -> None:
    letter = enter("incoming", batas_waktu="2026-11-22").record
    days(2)
    assert look("incoming").rows[0].marks == ("overdue",)

    records.move(store, letter, "archive")

    assert look("incoming").rows[0].marks == ()


# ---------------------------------------------------------------- written by hand


def test_a_number_kept_for_a_letter_by_hand_is_taken_from_the_series(
    store: Store, enter: Enter, issue: Issue, look: Look, cell: Cell
) -> None:
    issue()
    kept = enter("handwritten", alasan="Listrik padam")
    printed = issue()

    found = look("register")

    assert [number.position for number in (kept.number, printed.number) if number] == [2, 3]
    assert cell(found, 1, "number") == "0002/400.12.2.1/KEL-KENANGA/11/2026"
    assert found.rows[1].marks == ("reserved",)
    assert cell(found, 1, "note") == "nomor cadangan: Listrik padam"
    assert [one.state for one in numbers.explain(store, "surat", 2026)[:4]] == [
        "issued", "reserved", "issued", "leased",
    ]  # fmt: skip


def test_what_a_number_was_used_for_stays_in_the_register(
    store: Store, enter: Enter, look: Look, cell: Cell
) -> None:
    kept = enter("handwritten", perihal=None, penerima=None).record
    records.edit(store, kept, {"perihal": "Izin pemakaian aula", "penerima": "Karang Taruna"})
    records.move(store, kept, "issue")

    found = look("outgoing")

    assert found.rows[0].marks == ()
    assert cell(found, 0, "about") == "Izin pemakaian aula"
    assert cell(found, 0, "to") == "Karang Taruna"
    assert cell(found, 0, "state") == "Terbit"


def test_a_number_that_was_not_used_is_void_and_stays(
    store: Store, enter: Enter, look: Look, cell: Cell
) -> None:
    kept = enter("handwritten").record
    records.move(store, kept, "void", reason="Tidak jadi dipakai")

    assert look("outgoing").rows[0].struck
    assert cell(look("outgoing"), 0, "note") == "BATAL: Tidak jadi dipakai"
    assert numbers.explain(store, "surat", 2026)[0].reason == "Tidak jadi dipakai"


def test_without_a_lease_no_number_can_be_written_by_hand(store: Store, enter: Enter) -> None:
    with store.write() as conn:
        conn.exec_driver_sql("DELETE FROM lease")

    with pytest.raises(Refused) as refused:
        enter("handwritten")

    assert refused.value.problems[0].code == "numbers_ended"
    assert read.listing(store, "mail/handwritten") == []


def insert(enter: Enter, behind: int, day: str = "2026-11-20") -> Saved:
    return enter(
        "handwritten",
        cara="sisipan",
        nomor_induk=behind,
        tanggal_surat=day,
        alasan="Surat terlewat",
        perihal="Keterangan ahli waris",
    )


def test_a_number_is_inserted_behind_one_that_is_used_and_stands_there(
    store: Store, enter: Enter, issue: Issue, look: Look, cell: Cell
) -> None:
    for _ in range(3):
        issue()

    first, second = insert(enter, 2, "2026-11-21"), insert(enter, 2, "2026-11-21")

    found = look("register")
    assert text(first) == "0002.1/400.12.2.1/KEL-KENANGA/11/2026"
    assert text(second).startswith("0002.2/")
    assert [str(row.cells[1]).partition("/")[0] for row in found.rows] == [
        "0001", "0002", "0002.1", "0002.2", "0003",
    ]  # fmt: skip
    assert found.rows[2].marks == ("reserved", "inserted")
    records.move(store, first.record, "issue")
    assert look("register").rows[2].marks == ("inserted",)
    assert cell(look("register"), 2, "note") == "sisipan sesudah 2: Surat terlewat"
    assert [one.state for one in numbers.explain(store, "surat", 2026)[:4]] == [
        "issued", "issued", "issued", "leased",
    ]  # fmt: skip
    assert verify(store) == []


def test_where_codes_are_counted_apart_the_code_names_the_series(
    store: Store, enter: Enter
) -> None:
    pack = Region.read(REGIONS / "kota_contoh.toml").pack()
    apart = pack["region.toml"].replace(b'series = "one"', b'series = "per_code"')
    store.__dict__["region"] = Region.from_pack(pack | {"region.toml": apart})
    desk = store.desk
    lease = Lease(
        os.urandom(16), desk.office.id, "500.3", 2026, 7, 9, desk.device, desk.incarnation
    )
    with store.write() as conn:
        leases.put(conn, [lease])

    taken = enter("handwritten", kode_klasifikasi="500.3").number
    with pytest.raises(Refused) as refused:
        enter("handwritten", kode_klasifikasi="999.9")

    assert taken is not None
    assert (taken.series, taken.position) == ("500.3", 7)
    assert refused.value.problems[0].code == "series_unknown"


def test_nothing_is_inserted_behind_a_number_that_nobody_used(enter: Enter, issue: Issue) -> None:
    issue()

    with pytest.raises(Refused) as refused:
        insert(enter, 2)

    assert refused.value.problems[0].code == "number_unused"
    assert refused.value.problems[0].field == "nomor_induk"


def test_a_number_taken_on_another_desk_is_in_this_register(
    store: Store, city: City, enter: Enter, issue: Issue, look: Look
) -> None:
    issue()
    enter("handwritten")
    enter("incoming")
    insert(enter, 1)
    before = look("outgoing").rows

    city.agree(store)
    with store.write() as conn:
        conn.exec_driver_sql("DELETE FROM register_line")
        lines.rebuild(conn, store.desk.office.id)

    assert look("outgoing").rows == before
    assert verify(store) == []


# ---------------------------------------------------------------- carried out


def test_the_expedition_book_is_kept_by_days(
    store: Store, enter: Enter, look: Look, cell: Cell
) -> None:
    enter(
        "expedition", tanggal_kirim="2026-11-21", tujuan="Kecamatan", tanggal_diterima="2026-11-21"
    )
    earlier = enter("expedition", tanggal_kirim="2026-11-19", tujuan="Dinas Sosial")
    records.move(store, earlier.record, "come_back", reason="Kantor tutup")

    found = look("expedition")

    assert [cell(found, row, "address_to") for row in (0, 1)] == ["Dinas Sosial", "Kecamatan"]
    assert cell(found, 0, "note") == "kembali: Kantor tutup"
    assert earlier.number is None
