"""Everybody may ask, nobody without end, and whoever asks takes no memory from the server."""

import pytest

from sync.server import bucket
from sync.server.bucket import Buckets


def test_who_asks_too_often_waits_and_others_do_not() -> None:
    buckets = Buckets(burst=3, per_s=0.5)

    waits = [buckets.take("192.0.2.1", 0) for _ in range(4)]

    assert waits == [0, 0, 0, 2.0]
    assert buckets.take("192.0.2.2", 0) == 0


def test_tokens_come_back_with_time_and_never_more_than_the_burst() -> None:
    buckets = Buckets(burst=2, per_s=1)
    assert [buckets.take("a", 0) > 0 for _ in range(3)] == [False, False, True]

    assert buckets.take("a", 1_000) == 0
    assert [buckets.take("a", 3_600_000) > 0 for _ in range(3)] == [False, False, True]


def test_a_clock_that_is_put_back_gives_nothing() -> None:
    buckets = Buckets(burst=1, per_s=1)
    assert buckets.take("a", 10_000) == 0

    assert buckets.take("a", 0) > 0
    assert buckets.take("a", 1_000) == 0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "testclient", False),
    ],
)
def test_a_subscriber_has_one_bucket_whatever_address_he_takes(
    one: str, other: str, same: bool
) -> None:
    buckets = Buckets(burst=1, per_s=0.001)
    buckets.take(one, 0)

    assert (buckets.take(other, 0) > 0) is same


def test_memory_is_bounded_and_the_longest_silent_is_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bucket, "SETS", 1)
    monkeypatch.setattr(bucket, "WAYS", 2)
    buckets = Buckets(burst=1, per_s=0.001)

    for now, address in enumerate(("192.0.2.1", "192.0.2.2", "192.0.2.1", "192.0.2.3")):
        buckets.take(address, now)

    assert buckets.take("192.0.2.1", 4) > 0
    assert buckets.take("192.0.2.3", 5) > 0
    assert buckets.take("192.0.2.2", 6) == 0
