"""The wall shows what was counted, and no more than can be read from far."""

from typing import TYPE_CHECKING, cast

from sync.server.wall.picture import Shown
from sync.server.wall.seats import TURN_MS, seated

if TYPE_CHECKING:
    from forms.engine.form import Tile


def shown(*changed: int) -> list[Shown]:
    tile = cast("Tile", None)
    return [Shown(tile, at, {"place": place}) for place, at in enumerate(changed)]


def places(tiles: list[Shown]) -> list[int]:
    return [cast("dict[str, int]", one.figures)["place"] for one in tiles]


def test_what_was_never_counted_gives_way() -> None:
    assert places(seated(shown(0, 5, 0, 7), 3, 0)) == [1, 3, 0]


def test_those_that_have_no_seat_take_turns_in_the_last_one() -> None:
    tiles = shown(1, 2, 3, 4, 5)

    seen = [places(seated(tiles, 4, turn * TURN_MS)) for turn in range(4)]

    assert [one[:2] for one in seen] == [[0, 1]] * 4
    assert [one[2] for one in seen] == [2, 3, 4, 2]
