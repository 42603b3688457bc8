"""Who descends from whom, and where histories part."""

from sync.protocol.epoch import Epoch, descent, fork


def epoch(number: int, name: bytes, parent: bytes, *also: bytes, **forks: int) -> Epoch:
    return Epoch(number, name, parent, list(also), forks, number)


FIRST = epoch(1, b"a", b"")
SECOND = epoch(2, b"b", b"a", residents=80)
THIRD = epoch(3, b"c", b"b", residents=60, letters=5)
LINE = [FIRST, SECOND, THIRD]


def test_the_epochs_after_a_known_one_are_given_oldest_first() -> None:
    assert descent(LINE, b"a") == [SECOND, THIRD]
    assert descent([SECOND, THIRD], b"a") == [SECOND, THIRD]
    assert descent(LINE, b"b") == [THIRD]
    assert descent(LINE, b"c") == []


def test_an_epoch_that_is_no_ancestor_has_no_descent() -> None:
    assert descent(LINE, b"x") is None
    assert descent([], b"a") is None
    assert descent([THIRD], b"a") is None


def test_an_epoch_descends_from_every_one_that_ended_in_it() -> None:
    joined = epoch(3, b"d", b"b", b"x")

    assert descent([FIRST, SECOND, joined], b"x") == [joined]
    assert descent([FIRST, SECOND, joined], b"a") == [SECOND, joined]


def test_a_ring_of_epochs_ends() -> None:
    assert descent([epoch(1, b"a", b"b"), epoch(2, b"b", b"a")], b"x") is None


def test_histories_part_at_the_lowest_fork_that_was_passed() -> None:
    assert fork([SECOND, THIRD], "residents") == 60
    assert fork([SECOND], "residents") == 80
    assert fork([SECOND, THIRD], "letters") == 0
    assert fork([], "residents") == 0
