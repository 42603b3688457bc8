"""A kelurahan officer's day: sixty letters of over twenty kinds, by keys alone.

Citizens come one after the other; some letters wait as drafts, some are returned, declared void,
printed again, one is corrected.
In the evening the city and the second desk hold what was typed, and the register has no gap.
"""

import os
from collections import Counter
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from desktop.app import Application
from desktop.pictures import Visitor
from sync.server import records as held
from sync.server.city import City
from sync.server.run import Running
from sync.store import letters, numbers, read, status
from sync.store.handle import Store
from sync.store.read import Record
from sync.store.registers.page import page
from sync.store.registers.table import Period
from tests.desktop.office import PRACTICE, FakePrinter
from tests.journeys import arrival, printed
from tests.journeys.cases import Case, Day
from tests.journeys.clerk import Clerk
from tests.journeys.typist import CTRL, Typist

KEY = Qt.Key
SERIES = "surat"  # The invented region counts all its letters in one.
LETTERS = int(os.environ.get("TERAS_LETTERS", "60"))  # With 24 each kind comes once.
QUIET = 2  # Looks: nothing of this day waits for a timer.

# How many of a kind are asked for; the second of a kind names residents where the first names
# strangers, and further ones the form's other examples.
ASKED = {
    "surat_keterangan_domisili": 4,
    "surat_keterangan_usaha": 4,
    "surat_keterangan_tidak_mampu": 4,  # money, yes or no
    "surat_keterangan_umum": 4,  # a paragraph
    "surat_keterangan_pengantar": 4,
    "surat_pengantar_skck": 4,
    "surat_keterangan_belum_menikah": 4,
    "surat_keterangan_penduduk": 4,
    "surat_keterangan_berkelakuan_baik": 4,
    "surat_keterangan_ktp_dalam_proses": 4,
    "surat_keterangan_bank": 3,
    "surat_pengantar_laporan_kehilangan": 2,  # a list of things
    "surat_keterangan_bepergian": 2,  # a list of followers
    "surat_kuasa": 2,  # a statement between two, before witnesses
    "surat_keterangan_kematian": 2,  # five persons, and F-2.01 behind it
    "surat_keterangan_ahli_waris": 1,  # a list of heirs
    "surat_pernyataan_tanggung_jawab_mutlak": 1,  # signed by the citizen on a stamp
    "surat_pengantar_nikah": 1,  # the whole set from N-1 on
    "surat_keterangan_jual_beli": 1,
    "surat_pengantar_cerai": 1,  # several choices of a list
    "surat_pengantar_izin_keramaian": 1,  # times of day
    "surat_keterangan_penghasilan_ayah": 1,
    "surat_pernyataan_belum_memiliki_akta_lahir": 1,
}
DRAFTED = (4, 23)  # Left half filled in.
RETURNED = (8, 16)
VOIDED = (11, 19)
CORRECTED = 14
PRINTED_AGAIN = (2, 18, 21)


def test_a_day_of_sixty_letters_goes_by_keyboard_and_reaches_the_city(
    application: Application,
    city: City,
    server: Running,
    printer: FakePrinter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(PRACTICE.parent)
    visitor = Visitor(application.window, application.tasks, tmp_path / "pictures", quiet=QUIET)
    store = arrival.join(visitor, application, city, server)
    arrival.bring_residents(visitor)
    day = Day(store)
    typist = Typist(visitor, day.known)
    clerk = Clerk(application, typist, day, printer)

    given = _work(clerk, day)

    assert len({case.form.code for case in given}) == len(ASKED)
    print(f"{len(given)} letters, {typist.keys} keys")  # noqa: T201 - pytest -s shows it
    typist.press(KEY.Key_F5)
    typist.press(KEY.Key_Return, CTRL)
    visitor.rest(lambda: status.status(store).safe_to_close)

    issued = _letters(store, given)
    _stand_at_the_city(city, issued)
    _stand_in_the_books(store, issued)
    colleague = arrival.second_desk(tmp_path / "second", city, server)
    try:
        assert [read.record(colleague, one.id).answers for one in issued] == [
            one.answers for one in issued
        ]
        _stand_in_the_books(colleague, issued)
        for one in issued:
            assert str(one.answers["nama"]) in printed.text(
                letters.pdf(colleague, one.id, preview=True)
            )
    finally:
        colleague.close()


def _work(clerk: Clerk, day: Day) -> list[Case]:
    """Take in the letters of the day in the order in which they are issued."""
    given: list[Case] = []
    drafted: list[Case] = []
    returned: list[Case] = []
    for n, (service, turn) in enumerate(_asked()):
        case = day.comes_for(f"letters/{service}", turn)
        clerk.find(case)
        clerk.begin(case)
        if n in DRAFTED:
            clerk.leave_half(case)
            drafted.append(case)
            continue
        clerk.fill(case)
        if n in RETURNED:
            clerk.return_with(case, "fotokopi KK; pas foto 3x4")
            returned.append(case)
            continue
        clerk.issue()
        given.append(case)
        if n in VOIDED:
            clerk.void("salah ketik nama")
        if n == CORRECTED:
            clerk.correct("keperluan berubah")
            given.append(case)
        if n in PRINTED_AGAIN:
            clerk.print_again()
    for case in drafted:
        clerk.resume(case)
    for case in returned:
        clerk.take_again(case)
    return [*given, *drafted, *returned]


def _asked() -> list[tuple[str, int]]:
    """List the services in the order in which they are asked for, each with its turn."""
    turns = range(max(ASKED.values()))
    asked = [(service, turn) for turn in turns for service, many in ASKED.items() if turn < many]
    return asked[: LETTERS - 1]  # One more corrects another.


def _letters(store: Store, given: list[Case]) -> list[Record]:
    """Give the day's letters in the order of their numbers, each as it was typed."""
    asked = {case.citizen.id: case for case in given}
    found = [one for citizen in asked for one in read.of_subject(store, citizen)]
    for one in found:
        case = asked[one.subject]
        assert (one.service, one.answers) == (case.form.code, case.kept)
    numbered = {one.number.position: one for one in found if one.number is not None}
    assert sorted(numbered) == list(range(1, LETTERS + 1))
    issued = [numbered[place] for place in sorted(numbered)]
    assert [one.subject for one in issued] == [case.citizen.id for case in given]
    assert sum(bool(one.replaces) for one in issued) == 1
    assert Counter(one.state for one in issued) == {
        "issued": LETTERS - len(VOIDED),
        "void": len(VOIDED),
    }
    return issued


def _stand_at_the_city(city: City, issued: list[Record]) -> None:
    kept = {one.id: one for kind in ASKED for one in held.listing(city, f"letters/{kind}")}
    assert {name: (one.answers, one.state, one.number) for name, one in kept.items()} == {
        one.id: (one.answers, one.state, one.number and one.number.text) for one in issued
    }


def _stand_in_the_books(store: Store, issued: list[Record]) -> None:
    """See that numbers have no gap, and that the register of the day lists them in order."""
    today = store.scene().today
    explained = numbers.explain(store, SERIES, today.year)
    assert [one.record for one in explained[:LETTERS]] == [one.id for one in issued]
    assert not any(one.record for one in explained[LETTERS:])
    register = page(store, "register", Period(today, today), limit=2 * LETTERS)
    assert [row.record for row in register.rows] == [one.id for one in issued]
