from collections.abc import Callable
from typing import Any

import pytest

from forms.engine.answers import Scene
from forms.engine.example import fill
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.engine.session import Session

BODY = """
[[section.field]]
key = "ada"
kind = "yes_no"
label = "Ada?"

[[section.field]]
key = "nomor"
kind = "number"
label = "Nomor"
visible = "ada"
required = "ada"

[[section.field]]
key = "ganda"
kind = "number"
label = "Dua kali"
visible = "ada"
compute = "nomor * 2"

[[section.field]]
key = "batas"
kind = "number"
label = "Batas"
check = "nomor <= batas"
message = "Melampaui batas."
"""


@pytest.fixture
def session(form: Callable[[str], Form], scene: Scene) -> Session:
    return Session(form(BODY), scene)


def test_an_answer_shows_what_it_opens_and_what_that_needs(session: Session) -> None:
    effects = session.put("ada", True)

    assert effects.shown == {"nomor": True, "ganda": True}
    assert effects.required == {"nomor": True}
    assert effects.problems == ()


def test_a_computed_answer_follows_at_once(session: Session) -> None:
    session.put("ada", True)

    assert session.put("nomor", "21").computed == {"ganda": 42}
    assert session.put("nomor", "").computed == {"ganda": None}


def test_a_wrong_answer_is_told_once_and_taken_back_when_it_is_right(session: Session) -> None:
    session.put("ada", True)

    wrong = session.put("nomor", "dua")
    other = session.put("batas", 30)
    right = session.put("nomor", "2")

    assert wrong.problems == (Problem("not_number", "nomor"),)
    assert other.problems == right.problems == ()
    assert other.judged == {"batas"}
    assert right.judged == {"nomor"}


def test_an_answer_may_make_another_one_wrong(session: Session) -> None:
    session.put("ada", True)
    session.put("batas", 10)

    effects = session.put("nomor", 11)

    assert [(problem.code, problem.field) for problem in effects.problems] == [
        ("rule_failed", "batas")
    ]
    assert effects.judged == {"nomor", "batas"}


def test_hiding_loses_nothing_and_saves_nothing(session: Session) -> None:
    session.put("ada", True)
    session.put("nomor", 7)
    session.put("ada", False)

    assert session.finish() == {"ada": False}

    session.put("ada", True)

    assert session.finish() == {"ada": True, "nomor": 7, "ganda": 14}


def test_nothing_is_called_missing_before_the_end(session: Session) -> None:
    session.put("ada", True)

    assert session.problems == ()
    with pytest.raises(Refused) as refused:
        session.finish()
    assert refused.value.problems == (Problem("required", "nomor"),)


def test_a_draft_opens_as_it_was_left_with_its_mistakes(session: Session, scene: Scene) -> None:
    session.put("ada", True)
    session.put("nomor", "dua")

    again = Session(session.form, scene, session.raw)

    assert again.problems == session.problems == (Problem("not_number", "nomor"),)
    assert again.shown == session.shown
    assert again.raw == {"ada": True, "nomor": "dua"}


def test_a_field_that_the_form_does_not_have_is_refused(session: Session) -> None:
    with pytest.raises(Refused):
        session.put("catur", 1)


def test_doubts_are_told_and_are_in_nobodys_way(shipped: Any, scene: Scene) -> None:
    form = shipped.form("residents/resident")
    session = Session(form, scene, fill(form.example, scene))
    assert session.doubts == ()

    session.put("tanggal_lahir", "1988-05-16")
    effects = session.put("jenis_kelamin", "P")

    assert [problem.code for problem in effects.doubts] == [
        "nik_birth_date_differs",
        "nik_sex_differs",
    ]
    assert session.finish()["jenis_kelamin"] == "P"


def test_what_a_session_finishes_is_what_check_would_say(shipped: Any, scene: Scene) -> None:
    for form in shipped.forms.values():
        example = fill(form.example, scene)
        session = Session(form, scene)
        for key, value in example.items():
            session.put(key, value)

        assert session.finish() == session.answers == Session(form, scene, example).finish()
