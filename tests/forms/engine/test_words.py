import datetime as dt
from concurrent.futures import ThreadPoolExecutor

from forms.engine import written
from forms.engine.words import carried, label, language, say, speaking, worded
from forms.paper import mark


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


def test_a_language_is_spoken_for_as_long_as_it_is_asked_for() -> None:
    with speaking("en"):
        assert say("too_long", max=40) == "At most 40 letters."
        assert label("state", "issued") == "Issued"

    assert say("too_long", max=40) == "Paling panjang 40 huruf."


def test_another_thread_speaks_the_official_language() -> None:
    with speaking("en"), ThreadPoolExecutor(1) as lane:
        assert lane.submit(say, "too_long", max=40).result() == "Paling panjang 40 huruf."


def test_work_for_a_screen_speaks_as_who_asked_for_it() -> None:
    with speaking("en"), ThreadPoolExecutor(1) as lane:
        assert lane.submit(carried(lambda: say("yes_no.yes"))).result() == "Yes"


def test_papers_are_official_whoever_makes_them() -> None:
    with speaking("en"):
        assert mark.copy(2).text == "SALINAN ke-2"


def test_a_language_that_there_is_not_is_the_official_one() -> None:
    with speaking("tlh"):
        assert language() == "id"


def test_what_another_language_lacks_is_said_in_the_official_one() -> None:
    with speaking("en"):
        assert say("printed.rt", number=3) == "RT 3"


def test_a_form_says_its_own_in_the_language_that_is_spoken() -> None:
    assert worded("Nama lengkap") == "Nama lengkap"

    with speaking("en"):
        assert worded("Nama lengkap") == "Full name"
        assert say("rule_failed", message="Saksi kedua harus orang lain.") == (
            "The second witness must be somebody else."
        )
        assert worded("Sesuatu yang tidak ada di formulir") == "Sesuatu yang tidak ada di formulir"


def test_days_hours_and_figures_are_written_as_the_language_does() -> None:
    moment = dt.datetime(2026, 8, 17, 9, 5, tzinfo=dt.UTC)

    def all_of_it() -> tuple[str, ...]:
        return (
            written.clock(moment),
            written.day(moment.date()),
            written.long_day(moment.date()),
            written.grouped(1_234_567),
            written.decimal("82.46"),
        )

    assert all_of_it() == ("09.05", "17-08-2026", "17 Agustus 2026", "1.234.567", "82,46")
    with speaking("en"):
        assert all_of_it() == ("09:05", "17 Aug 2026", "17 August 2026", "1,234,567", "82.46")


def test_one_is_told_from_many_where_the_language_does() -> None:
    assert say("registers.count", count=1) == "1 baris"

    with speaking("en"):
        assert say("registers.count", count=1) == "1 row"
        assert say("registers.count", count="1") == "1 row"
        assert [say("registers.count", count=n) for n in (0, 21)] == ["0 rows", "21 rows"]
