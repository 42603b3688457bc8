"""However saves, answers and other desks' rows fall together, the record is mirror plus pending."""

import random
from collections.abc import Callable
from typing import Any

import pytest

from sync.protocol import columns
from sync.protocol.change import EDIT, Change
from sync.store import inbound, outbox, read, records
from sync.store.handle import Store
from sync.store.verify import verify
from tests.sync.store.laptop import RESIDENT, City, Told, count_of
from tests.sync.store.test_inbound import afar

KEYS = ("telepon", "pekerjaan", "catatan")
ROUNDS = 12
VALUES = {
    "telepon": ["081234567801", "081234567802"],
    "pekerjaan": ["1", "3"],
    "catatan": ["a", "b"],
}


class Oracle:
    """What the city says of one record, worked out in the plainest way."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = dict(answers)

    def hear(self, told: Told) -> None:
        change, verdict, code = told
        if verdict not in {"applied", "conflict"}:
            return
        kept_out = set(code.removeprefix("groups:").split(",")) if code else set()
        for key, value in change.body.answers.items():
            if key not in kept_out:
                self.answers.pop(key, None)
                if value is not None:
                    self.answers[key] = value


def decide(chance: random.Random, change: Change) -> Told:
    """Decide anything about a change that a city may."""
    if change.act != EDIT or chance.random() < 0.5:
        return change, "applied", ""
    if chance.random() < 0.3:
        return change, "no_effect", ""
    groups = sorted(change.body.answers)
    lost = chance.sample(groups, chance.randint(1, len(groups)))
    return change, "conflict", "groups:" + ",".join(sorted(lost))


@pytest.mark.parametrize("seed", range(12))
def test_a_record_ends_as_the_city_says_whatever_came_between(
    store: Store, city: City, resident: Callable[..., Any], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 - the same scenario again from the same seed
    name = records.new(store, RESIDENT, resident()).record
    oracle = Oracle(read.record(store, name).answers)
    undecided: list[Change] = []
    for _ in range(ROUNDS):
        for _ in range(chance.randint(0, 3)):
            keys = chance.sample(KEYS, chance.randint(1, 2))
            records.edit(store, name, {key: chance.choice([*VALUES[key], None]) for key in keys})
        if chance.random() < 0.6:
            for frozen in outbox.freeze(store):
                batch = city.open(frozen.envelope, store)
                undecided += columns.decode(batch.changes)
        told = [decide(chance, change) for change in undecided[: chance.randint(0, 3)]]
        undecided = undecided[len(told) :]
        if chance.random() < 0.4:
            key = chance.choice(KEYS)
            theirs = afar(
                EDIT, {key: chance.choice(VALUES[key])}, record=name, time=chance.randint(1, 9)
            )
            told.insert(chance.randint(0, len(told)), (theirs, "applied", ""))
        for one in told:
            oracle.hear(one)
        bring(store, city, told)
        assert verify(store) == []
    for frozen in outbox.freeze(store):
        undecided += columns.decode(city.open(frozen.envelope, store).changes)
    told = [decide(chance, change) for change in undecided]
    for one in told:
        oracle.hear(one)

    bring(store, city, told)

    assert read.record(store, name).answers == oracle.answers
    assert count_of(store, "mirror") == 0
    assert verify(store) == []


def bring(store: Store, city: City, told: list[Told]) -> None:
    """Let the city say this, with a receipt for all that it has."""
    nonce = outbox.ask(store).nonce
    pages = [city.page("residents", told)] if told else []
    receipt = city.receipt(store) if city.received else None
    inbound.take(store, city.answer(store, nonce, pages=pages, receipt=receipt), nonce)
