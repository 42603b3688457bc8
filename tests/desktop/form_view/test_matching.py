import pytest

from desktop.form_view.matching import Option, meant, numbered, ranked

FAITHS = numbered(
    (str(n), name)
    for n, name in enumerate(
        ("Islam", "Kristen", "Katholik", "Hindu", "Buddha", "Khonghucu", "Kepercayaan"), 1
    )
)


@pytest.mark.parametrize(
    ("typed", "label"),
    [
        ("1", "Islam"),
        ("isl", "Islam"),
        ("KRISTEN", "Kristen"),
        ("kat", "Katholik"),
        ("b", "Buddha"),
    ],
)
def test_a_code_or_a_beginning_is_enough(typed: str, label: str) -> None:
    found = meant(typed, FAITHS)

    assert found is not None
    assert found.label == label


def test_a_beginning_of_several_means_none_of_them() -> None:
    assert meant("k", FAITHS) is None


def test_the_likeliest_stands_first() -> None:
    options = (Option("a", "Tidak bekerja"), Option("b", "Bekerja"), Option("c", "Kerja sampingan"))

    assert [o.value for o in ranked("bekerja", options, 9)] == ["b", "a"]


def test_an_empty_text_lists_everything_up_to_the_limit() -> None:
    assert ranked("", FAITHS, 3) == list(FAITHS[:3])


def test_choices_without_codes_are_numbered_by_their_place() -> None:
    assert [o.code for o in numbered((("tetap", "Tetap"), ("kos", "Kos")))] == ["1", "2"]
