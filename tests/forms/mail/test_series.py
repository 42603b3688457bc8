from hypothesis import given
from hypothesis import strategies as st

from forms.mail import series


@given(st.text("abcdefghij_.0123456789", min_size=1), st.integers(1, 10**7))
def test_an_inserted_number_names_the_one_that_it_stands_behind(name: str, position: int) -> None:
    assert series.parent(series.inserted(name, position)) == (name, position)


def test_a_series_of_letters_is_inserted_behind_nothing() -> None:
    assert series.parent("surat") is None
    assert series.parent("400.12.2.1") is None
    assert series.parent("surat#dua") is None


def test_only_post_that_comes_in_has_a_series_of_its_own() -> None:
    assert series.leased(series.INCOMING) == "surat_masuk"
    assert series.leased(series.HANDWRITTEN) == ""
    assert series.leased("letters/surat_keterangan_usaha") == ""
