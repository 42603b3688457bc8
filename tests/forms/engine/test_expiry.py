import datetime as dt
from pathlib import Path
from typing import Any

import msgspec
import pytest

from forms.engine import expiry
from forms.engine.catalogue import Catalogue
from forms.engine.form import Form
from forms.engine.region import Region

ISSUED = dt.date(2026, 11, 21)
REGION = Path(__file__).parents[3] / "resources" / "regions" / "kota_contoh.toml"


@pytest.fixture(scope="module")
def region() -> Region:
    return Region.read(REGION)


def until(form: Form, answers: dict[str, Any], region: Region) -> dt.date | None:
    return expiry.last_day(form, answers, ISSUED, region)


def test_a_letter_holds_as_long_as_its_kind_or_as_the_region_says(
    shipped: Catalogue, region: Region
) -> None:
    assert until(shipped.form("letters/surat_pengantar_skck"), {}, region) == dt.date(2026, 12, 21)
    domicile = shipped.form("letters/surat_keterangan_domisili")
    assert until(domicile, {}, region) == dt.date(2027, 11, 21)


def test_a_letter_without_an_end_never_expires(shipped: Catalogue, region: Region) -> None:
    last = until(shipped.form("letters/surat_keterangan_kematian"), {}, region)

    assert last is None
    assert not expiry.is_expired(last, dt.date(2150, 1, 1))


def test_a_letter_may_end_with_a_day_that_it_names(
    shipped: Catalogue, region: Region, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = shipped.form("letters/surat_keterangan_pindah")
    assert form.letter
    named = msgspec.structs.replace(form.letter, valid_until="tanggal_pindah")
    monkeypatch.setattr(form, "letter", named)

    assert until(form, {"tanggal_pindah": "2026-11-30"}, region) == dt.date(2026, 11, 30)
    assert until(form, {}, region) == dt.date(2026, 12, 21)


def test_the_last_day_still_counts() -> None:
    last = dt.date(2026, 12, 21)

    assert not expiry.is_expired(last, last)
    assert expiry.is_expired(last, dt.date(2026, 12, 22))
