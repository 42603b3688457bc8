"""A passphrase is refused for being short or guessed first, never for its composition."""

import pytest

from sync.server import phrases
from sync.server.city import City


def code(city: City, text: str, *, has_factor: bool = True, name: str = "Dewi Lestari") -> str:
    found = phrases.weakness(city, text, name, has_factor=has_factor)
    return found.code if found is not None else ""


@pytest.mark.parametrize(
    "text",
    [
        "teras-kota-2026",
        "Kota Contoh 1234",
        "dewilestari99",
        "kelurahankelurahan",
        "qwertyuiop123",
        "abcdefghijklmnop",
        "99999999",
        "hahahahahahahaha",
        "Password1234!",
    ],
)
def test_what_is_tried_first_is_refused(city: City, text: str) -> None:
    assert code(city, text) == "passphrase_obvious"


@pytest.mark.parametrize(
    "text",
    ["pohon mangga di halaman kami", "kxvbqmwt", "enam belas ekor bebek", "ŞİMŞEK zilli köprü"],
)
def test_no_composition_is_asked_for(city: City, text: str) -> None:
    assert code(city, text) == ""


def test_alone_it_is_longer_than_beside_a_second_factor(city: City) -> None:
    assert code(city, "kxvbqmwtzr", has_factor=True) == ""
    assert code(city, "kxvbqmwtzr", has_factor=False) == "passphrase_short"
    assert code(city, "kxvbqmw", has_factor=True) == "passphrase_short"


def test_a_sentence_of_200_letters_is_taken(city: City) -> None:
    assert code(city, "empat puluh satu kuda laut " * 7) == ""


def test_the_servers_own_list_is_compared_without_case_and_blanks(city: City) -> None:
    (city.folder / phrases.LIST).write_text("Soto Ayam Madura Enak\n", "utf-8")

    assert code(city, "sotoayam MADURA enak") == "passphrase_obvious"
    assert code(city, "soto ayam madura enak sekali") == ""
