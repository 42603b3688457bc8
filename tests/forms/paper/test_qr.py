import pytest
import segno

from forms.engine.problem import Refused
from forms.paper import qr


def test_a_payload_of_capitals_and_digits_takes_the_smaller_mode() -> None:
    capitals, small = qr.draw("TRS1:" + "A1B2" * 60), qr.draw("trs1:" + "a1b2" * 60)

    assert capitals.modules < small.modules


def test_a_drawing_counts_its_quiet_border() -> None:
    drawing = qr.draw("TRS1:ABC")

    assert drawing.modules == 21 + 2 * 4
    assert 'viewBox="0 0 29 29"' in drawing.svg
    assert drawing.facts()["side_mm"] == pytest.approx(29 * 0.42)


def test_the_error_level_is_the_middle_one_however_short_the_text() -> None:
    plain = segno.make_qr("TRS1:ABC", error="m", boost_error=False)

    assert qr.draw("TRS1:ABC").modules == plain.symbol_size(border=4)[0]
    assert plain.error == "M"


def test_a_text_that_no_code_holds_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        qr.draw("A" * 4000)

    assert refused.value.problems[0].code == "qr_too_long"
