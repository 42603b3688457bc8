from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.residents import names


def meets(typed: str, name: str) -> bool:
    """What the search does with an index: each asked word has a term among the tokens."""
    tokens = names.tokens(name)
    return all(_stands(word, tokens) for word in names.words(typed))


def _stands(word: str, tokens: Sequence[str]) -> bool:
    return any(
        token.startswith(term.text) if term.prefix else token == term.text
        for term in names.terms(word)
        for token in tokens
    )


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("moh sal", "MUHAMMAD SALEH"),
        ("moh sal", "M. SALEH"),
        ("moh sal", "MOHAMAD SOLEH"),
        ("muhammad", "Moh. Rizki"),
        ("mochammad", "MUHD RIZKI"),
        ("m saleh", "MUHAMMAD SALEH"),
        ("soeharto", "SUHARTO"),
        ("suharto", "SOEHARTO"),
        ("joesoef", "YUSUP"),
        ("djoko", "JOKO"),
        ("tjahjono", "TJAHJONO"),
        ("achmad", "AHMAD"),
        ("akhmad", "ACHMAD"),
        ("nur hayati", "NURHAYATI"),
        ("nurhayati", "NOER HAJATI NUR HAYATI"),
        ("abdurrahman", "ABD. ROHMAN"),
        ("abdul rahman", "ABDURRAHMAN"),
        ("siti", "ST. AMINAH"),
        ("rizki", "RIZQY"),
        ("fitri", "VITRI"),
        ("chandra", "CANDRA"),
        ("candra", "CHANDRA"),
        ("khairul", "CHAIRUL"),
        ("fatimah", "FATIMA"),
        ("numan", "NU'MAN"),
        ("ma'ruf", "MARUF"),
        ("arief", "ARIF"),
        ("ridho", "RIDLO"),
        ("utsman", "USMAN"),
        ("zaenab", "JAINAB"),
        ("h saleh", "DRS. H. MUHAMMAD SALEH, M.SI"),
        ("sol", "SALEH"),
        ("md. jusuf", "MUHAMMAD YUSUF"),
        ("mhd yusup", "M. YUSUF"),
        ("djadjang surjana", "JAJANG SURYANA"),
        ("tjahja koesoema", "CAHYA KUSUMA"),
        ("sjarifuddin", "SYARIFUDIN"),
        ("sjahrir", "SYAHRIR"),
        ("soetardjo", "SUTARJO"),
        ("junaidi", "DJUNAEDI"),
        ("ratna", "RATTNA"),
        ("sitti aisah", "ST. AISYAH"),
    ],
)
def test_a_name_is_found_whatever_way_it_is_spelled(typed: str, name: str) -> None:
    assert meets(typed, name)


@pytest.mark.parametrize(
    ("typed", "name"),
    [("muhammad", "MARYAM"), ("saleh", "SULE"), ("budi", "BADU"), ("ani", "INA"), ("moh", "MUKTI")],
)
def test_another_name_is_not_found(typed: str, name: str) -> None:
    assert not meets(typed, name)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Drs. H. Budi Santoso, M.Si", ("budi", "santoso")),
        ("Hj. SITI AMINAH binti ACHMAD", ("siti", "aminah", "achmad")),
        ("BUDI SANTOSO S.PD M.M.", ("budi", "santoso")),
        ("  Sri   Wahyuni ", ("sri", "wahyuni")),
        ("ANDRÉ", ("andre",)),
        ("H", ("h",)),
        ("BIN", ("bin",)),
        ("S. AMINAH", ("s", "aminah")),
        ("SE", ("se",)),
        ("", ()),
    ],
)
def test_titles_degrees_and_particles_are_no_names_unless_nothing_else_stands_there(
    name: str, words: tuple[str, ...]
) -> None:
    assert names.words(name) == words


def test_spellings_of_one_name_have_one_key_and_so_one_place_in_a_list() -> None:
    written = ("MUHAMMAD SALEH", "MOHAMAD SOLEH", "Moh. Sholeh", "H. Mochammad Saleh")

    assert {names.key(name) for name in written} == {names.key(written[0])}


def test_a_name_that_differs_is_not_the_same_person() -> None:
    assert names.same("MUHAMMAD SALEH", "Moh. Sholeh, S.E.")
    assert not names.same("BUDI UTAMI", "ORANG LAIN")
    assert not names.same("王伟", "李娜")


@given(
    st.lists(st.sampled_from(sorted(names.tokens("MUHAMMAD SALEH NUR HAYATI CHANDRA"))), min_size=1)
)
def test_every_token_finds_itself(words: list[str]) -> None:
    assert meets(" ".join(words), " ".join(words))


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=14), st.data())
def test_every_beginning_of_a_word_as_it_is_written_finds_it(
    word: str, data: st.DataObject
) -> None:
    end = data.draw(st.integers(min_value=1, max_value=len(word)))

    assert _stands(word[:end], names.tokens(word))


@given(st.text(max_size=80))
def test_any_text_at_all_gives_words_of_letters_and_digits(text: str) -> None:
    for token in (
        *names.tokens(text),
        *(t.text for w in names.words(text) for t in names.terms(w)),
    ):
        assert token.isascii()
        assert token.isalnum()


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=14))
def test_folding_twice_changes_nothing_that_folding_once_did(word: str) -> None:
    once = names.canonical(word)

    assert names.canonical(once) in {once, names.fold(once)}
