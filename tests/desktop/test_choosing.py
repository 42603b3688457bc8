"""Two desks gave one person another telephone number each: the choice at the desktop."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QLabel

from desktop.app import Application, listen, open_window
from desktop.panes import happened
from desktop.pictures import Visitor
from forms.engine.problem import Refused
from sync.client.trip import trip
from sync.server import exchange
from sync.server.city import City
from sync.store import inbox, operators, read, records
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.desktop.hands import TYPIST, Hands
from tests.desktop.office import FakeFiles, FakePrinter, copied, somebody
from tests.sync.client.town import founded

KEY = Qt.Key
OURS, THEIRS = "081200000001", "081200000002"


class Road:
    """The way to the city without a network between."""

    def __init__(self, city: City) -> None:
        self.city = city

    def exchange(self, envelopes: list[bytes]) -> bytes:
        return exchange.exchange(self.city, envelopes)


@pytest.fixture
def city(patterns: dict[str, Path], tmp_path: Path) -> Iterator[City]:
    made = patterns["kepala"].parent
    shutil.copytree(made / "city", tmp_path / "city")
    file = tmp_path / "city" / "server.json"
    file.write_text(file.read_text("utf-8").replace(str(made), str(tmp_path)), "utf-8")
    opened = City.open(tmp_path / "city")
    yield opened
    opened.close()


@pytest.fixture
def other(patterns: dict[str, Path], tmp_path: Path) -> Iterator[Store]:
    opened = copied(patterns["petugas"], tmp_path / "other")
    yield opened
    opened.close()


@pytest.fixture
def store(patterns: dict[str, Path], city: City, other: Store, tmp_path: Path) -> Iterator[Store]:
    opened = copied(patterns["kepala"], tmp_path / "desk")
    record = somebody(opened, "Rina Wulandari", 7)
    trip(opened, Road(city))
    trip(other, Road(city))
    records.edit(opened, record, {"telepon": OURS})
    records.edit(other, record, {"telepon": THEIRS})
    for one in (opened, other, opened):
        trip(one, Road(city))
    yield opened
    opened.close()


def shown(desk: Application) -> str:
    labels = desk.window.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisible())


def telephone(store: Store) -> object:
    [found] = read.find(store, "Rina Wulandari")
    return found.answers["telepon"]


def to_the_choice(visitor: Visitor) -> None:
    visitor.press(KEY.Key_F5)
    visitor.press(KEY.Key_Return)


def test_both_values_stand_side_by_side_with_their_authors(
    desk: Application, visitor: Visitor
) -> None:
    to_the_choice(visitor)

    said = shown(desk)
    assert "Yang berlaku" in said
    assert "Yang diajukan" in said
    assert OURS in said
    assert THEIRS in said
    assert said.count("oleh ") == 2


@pytest.mark.parametrize(("key", "kept"), [(KEY.Key_1, OURS), (KEY.Key_2, THEIRS)])
def test_one_key_keeps_one_of_both_and_it_holds_at_every_desk(
    desk: Application, visitor: Visitor, store: Store, other: Store, city: City,
    key: Qt.Key, kept: str,
) -> None:  # fmt: skip
    to_the_choice(visitor)

    visitor.press(key)

    assert inbox.listing(store) == []
    assert "dua isian berbeda" not in shown(desk)
    for one in (store, other, store):
        trip(one, Road(city))
    assert telephone(store) == telephone(other) == kept
    assert inbox.listing(other) == []


def test_esc_goes_back_and_nothing_is_chosen(
    desk: Application, visitor: Visitor, store: Store
) -> None:
    to_the_choice(visitor)
    visitor.press(KEY.Key_Escape)

    assert "Yang diajukan" not in shown(desk)
    assert len(inbox.listing(store)) == 1


def test_nothing_is_chosen_that_was_not_seen(store: Store, other: Store, city: City) -> None:
    [seen] = inbox.listing(store)
    records.edit(other, seen.record, {"telepon": "081200000003"})
    for one in (other, store):
        trip(one, Road(city))

    with pytest.raises(Refused, match="conflict_moved"):
        inbox.settle(store, seen.id, "proposed", seen=seen)


def test_the_history_says_which_act_waits_for_a_choice(
    desk: Application, visitor: Visitor, store: Store
) -> None:
    [entry] = inbox.listing(store)
    rows = [happened.entry(event, store.now()) for event in read.history(store, entry.record)]

    assert [row.mark for row in rows] == ["cloud-check", "cloud-check", "scales"]
    assert "menunggu pilihan" in rows[-1].detail


def test_a_head_chooses_what_two_heads_made_of_a_clerks_roles(
    qapp: QApplication, tmp_path: Path
) -> None:
    with founded(tmp_path / "town") as town:
        first, second, third = town.desks
        operators.describe(first, "Tari", {"peran": ["petugas"]})
        operators.describe(second, "Tari", {"peran": ["verifikator"]})
        town.go(first, second, third, first)
        desk = open_window(
            qapp, first, printer=FakePrinter(), files=FakeFiles(), keystore=NoKeystore()
        )
        visitor = Visitor(desk.window, desk.tasks, tmp_path / "pictures", quiet=3)
        visitor.rest(lambda: desk.work is not None and desk.work.status is not None)

        visitor.press(KEY.Key_F5)
        visitor.press(KEY.Key_Return)
        visitor.rest(lambda: "Verifikator" in shown(desk))
        visitor.press(KEY.Key_2)
        visitor.rest(lambda: inbox.listing(first) == [])
        desk.dismiss()
        desk.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        town.go(first, third)

        roles = {person.name: person.roles for person, _ in operators.listing(third)}
        assert roles["Tari"] == ("verifikator",)


def test_a_card_that_is_read_over_a_choice_chooses_nothing_and_a_finger_does(
    qapp: QApplication, desk: Application, visitor: Visitor, store: Store
) -> None:
    hands = Hands()
    listen(qapp, desk, hands.when)
    to_the_choice(visitor)

    hands.scan("1212121212121212")
    visitor.rest()
    assert len(inbox.listing(store)) == 1
    assert desk.window.here == "counter"

    to_the_choice(visitor)
    assert "Yang diajukan" in shown(desk)
    assert len(inbox.listing(store)) == 1
    hands.type("2", TYPIST)
    visitor.rest(lambda: inbox.listing(store) == [])
    assert telephone(store) == THEIRS
