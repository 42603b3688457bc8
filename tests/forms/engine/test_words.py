from forms.engine.words import label, say


def test_a_code_is_said_with_its_facts() -> None:
    assert say("too_long", max=40) == "Paling panjang 40 huruf."


def test_a_code_without_words_shows_itself() -> None:
    assert say("no_such_code_at_all", max=3) == "no_such_code_at_all"


def test_a_fact_that_nobody_gave_stays_visible() -> None:
    assert say("too_long") == "Paling panjang {max} huruf."


def test_braces_in_a_fact_are_only_text() -> None:
    assert say("rule_failed", message="{x.__class__}") == "{x.__class__}"


def test_an_area_tells_two_meanings_apart() -> None:
    assert (say("state.void"), say("action.void")) == ("Batal", "Batalkan")
    assert label("state", "issued") == "Terbit"
    assert label("state", "unheard_of") == "unheard_of"
