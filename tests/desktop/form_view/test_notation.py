import datetime as dt
import string

import pytest
from hypothesis import given
from hypothesis import strategies as some

from desktop.form_view.mnemonics import marked
from desktop.form_view.notation import NOTATIONS
from forms.engine.answers import Value

DIGITS = some.text(string.digits, min_size=1, max_size=16)
DEGREES = some.integers(-90_000_000, 90_000_000).map(lambda n: f"{n / 1_000_000:.6f}")
VALUES: dict[str, some.SearchStrategy[Value]] = {
    "text": some.text(string.ascii_letters, min_size=1),
    "phone": DIGITS,
    "nik": DIGITS,
    "kk": DIGITS,
    "number": some.integers(-(10**14), 10**14),
    "money": some.integers(0, 10**14),
    "date": some.dates(min_value=dt.date(1000, 1, 1)).map(dt.date.isoformat),
    "time": some.times().map(lambda time: f"{time:%H:%M}"),
    "place": some.fixed_dictionaries({"lat": DEGREES, "lon": DEGREES}),
}


@pytest.mark.parametrize("kind", sorted(NOTATIONS))
def test_what_is_shown_is_read_as_the_same_value(kind: str) -> None:
    notation = NOTATIONS[kind]

    @given(VALUES[kind])
    def holds(value: Value) -> None:
        assert notation.read(notation.show(value)) == value

    holds()


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("date", "16081990", "1990-08-16"),
        ("date", "16-8-1990", "1990-08-16"),
        ("date", "16/08/1990", "1990-08-16"),
        ("date", "16 agustus", "16 agustus"),
        ("date", "16-08-90", "16-08-90"),
        ("time", "730", "07:30"),
        ("time", "7.30", "07:30"),
        ("money", "Rp1.500.000,00", 1500000),
        ("money", "1500000", 1500000),
        ("money", "banyak", "banyak"),
        ("number", "1.250", 1250),
        ("nik", "9901 0156 0890 0001", "9901015608900001"),
        ("place", "-6.2, 106.8", {"lat": "-6.200000", "lon": "106.800000"}),
        ("text", "   ", None),
    ],
)
def test_what_clerks_type_is_understood(kind: str, typed: str, value: Value) -> None:
    assert NOTATIONS[kind].read(typed) == value


def test_a_nik_is_shown_in_groups_of_four() -> None:
    assert NOTATIONS["nik"].show("9901015608900001") == "9901 0156 0890 0001"


def test_every_label_gets_a_letter_of_its_own() -> None:
    assert marked(["Nama", "NIK", "Nomor KK"]) == ["&Nama", "N&IK", "Nomor &KK"]


@given(some.lists(some.text(string.ascii_letters + " &", max_size=12), max_size=30))
def test_no_letter_is_given_twice_and_labels_stay(labels: list[str]) -> None:
    found = marked(labels)

    letters = [
        text.replace("&&", "")[text.replace("&&", "").index("&") + 1].casefold()
        for text in found
        if "&" in text.replace("&&", "")
    ]
    assert len(letters) == len(set(letters))
    assert [_bare(text) for text in found] == labels


def _bare(text: str) -> str:
    return text.replace("&&", "\0").replace("&", "").replace("\0", "&")
