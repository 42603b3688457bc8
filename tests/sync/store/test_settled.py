import pytest

from sync.store import settings
from sync.store.handle import Store
from sync.store.settled import LARGE

KEY = "pace"


def test_a_setting_holds_for_its_writer_at_once_and_for_others_when_it_is_saved(
    store: Store,
) -> None:
    with store.write() as conn:
        settings.write(conn, KEY, 7)
        assert settings.read(conn, KEY, int) == 7
        assert store.setting(KEY, int) is None
        with store.read() as other:
            assert settings.read(other, KEY, int) is None

    assert store.setting(KEY, int) == 7
    with store.read() as other:
        assert settings.read(other, KEY, int) == 7


def test_a_setting_of_a_transaction_that_failed_was_never_written(store: Store) -> None:
    with store.write() as conn:
        settings.write(conn, KEY, 7)

    with pytest.raises(LookupError):
        _begin_and_fail(store)

    assert store.setting(KEY, int) == 7
    with store.write() as conn:
        assert settings.read(conn, KEY, int) == 7


def _begin_and_fail(store: Store) -> None:
    with store.write() as conn:
        settings.write(conn, KEY, 8)
        settings.forget(conn, KEY)
        settings.write(conn, KEY, 9)
        raise LookupError


def test_a_setting_that_was_taken_away_is_gone_for_everybody(store: Store) -> None:
    with store.write() as conn:
        settings.write(conn, KEY, 7)

    with store.write() as conn:
        settings.forget(conn, KEY)
        assert settings.read(conn, KEY, int) is None

    assert store.setting(KEY, int) is None
    with store.write() as conn:
        assert settings.read(conn, KEY, int) is None


def test_a_large_setting_is_read_where_it_lies(store: Store) -> None:
    large = bytes(LARGE + 1)
    with store.write() as conn:
        settings.write(conn, KEY, large)
        assert settings.read(conn, KEY, bytes) == large

    assert store.setting(KEY, bytes) == large
    with store.write() as conn:
        assert settings.read(conn, KEY, bytes) == large
