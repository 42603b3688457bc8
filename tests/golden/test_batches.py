"""Every golden batch has the effect that its index says; what is refused leaves nothing behind."""

import tracemalloc
from pathlib import Path

import pytest
from sqlalchemy import select

from forms.engine.problem import Refused
from sync.protocol import wire
from sync.protocol.batch import SEALED_MAX
from sync.protocol.change import Change
from sync.protocol.frame import CONTENT_MAX
from sync.server import intake, tables, verify
from sync.server.city import City
from tests.golden import town
from tests.golden.before import everything, exchanged
from tests.golden.desk import sha
from tests.golden.index import FOLDER, INDEX, SUFFIX, Index, index, made, pinned

TOLD = index()
HELD_MAX = 4 * CONTENT_MAX  # while a content of the greatest size is looked at


def refusal(city: City, data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        intake.take(city, data)
    [problem] = refused.value.problems
    return problem.code


def test_every_batch_that_is_taken_has_the_verdicts_that_the_index_says(empty: City) -> None:
    for one in TOLD.taken:
        taken = intake.take(empty, pinned("taken", one.name))

        assert [(v.verdict, v.code) for v in taken.verdicts] == one.verdicts, one.name
    assert verify.verify(empty) == ()


def test_every_batch_that_is_taken_changes_nothing_the_second_time(city: City) -> None:
    before = everything(city)

    for one in TOLD.taken:
        again = intake.take(city, pinned("taken", one.name))
        assert again.known
        assert [(v.verdict, v.code) for v in again.verdicts] == one.verdicts
    assert everything(city) == before


@pytest.mark.parametrize("name", TOLD.refused)
def test_what_is_spoiled_is_refused_with_its_code_and_no_effect(city: City, name: str) -> None:
    before = everything(city)
    data = pinned("refused", name)

    tracemalloc.start()
    try:
        code = refusal(city, data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert code == TOLD.refused[name]
    assert peak < HELD_MAX
    assert everything(city) == before


def test_an_envelope_longer_than_any_batch_is_refused_unread(city: City) -> None:
    assert refusal(city, b"\x94" + bytes(SEALED_MAX)) == "envelope_too_large"


def test_every_spoiled_batch_ends_an_exchange_without_an_effect(city: City) -> None:
    first = exchanged(city)  # notes when the desk was last seen
    before = everything(city)

    for name, code in TOLD.refused.items():
        if code in {"batch_fork", "batch_gap"}:
            assert exchanged(city, pinned("refused", name)) is not None
            continue
        with pytest.raises(Refused) as refused:
            exchanged(city, pinned("refused", name))
        # An exchange sorts its envelopes by kind, so a second ask in it is no batch either.
        assert refused.value.problems[0].code == code, name
    assert first is not None
    assert everything(city) == before


def test_a_later_versions_fields_are_kept_as_they_came(city: City) -> None:
    with city.database.read() as connection:
        rows = connection.execute(select(tables.change.c.content)).scalars()
        changes = [wire.decode(row, Change) for row in rows]
    [later] = [change for change in changes if change.version == 9]

    assert later.extra == {"loket": "3", "urutan": 7}
    assert later.body.answers["nilai"] == [1, {"dalam": None}]
    assert later.body.answers["pecahan"] == 0.5


def test_a_text_that_is_not_what_it_is_called_is_not_kept(city: City) -> None:
    with city.database.read() as connection:
        kept = connection.execute(select(tables.text.c.digest, tables.text.c.content)).all()

    assert kept
    assert all(sha(content) == digest for digest, content in kept)


def test_there_is_a_file_for_every_line_of_the_index_and_none_beside() -> None:
    names = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file()}

    assert names == {
        INDEX,
        *(f"taken/{one.name}{SUFFIX}" for one in TOLD.taken),
        *(f"refused/{name}{SUFFIX}" for name in TOLD.refused),
        *(path for path in names if path.startswith("messages/")),
    }


def test_the_generator_still_makes_what_the_index_says(empty: City, tmp_path: Path) -> None:
    good, spoiled = made()

    fresh = Index(TOLD.taken, {one.name: one.code for one in spoiled})
    assert fresh == TOLD
    assert [(one.name, one.shows, one.verdicts) for one in good] == [
        (one.name, one.shows, one.verdicts) for one in TOLD.taken
    ]
    with town.founded(tmp_path / "city") as city:
        for one in good:
            taken = intake.take(city, one.envelope)
            assert [(v.verdict, v.code) for v in taken.verdicts] == one.verdicts, one.name
        for other in spoiled:
            assert refusal(city, other.envelope) == other.code, other.name
