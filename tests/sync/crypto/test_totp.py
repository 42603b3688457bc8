"""The second factor agrees with RFC 6238, and a code counts once."""

import pytest

from sync.crypto import totp

SECRET = b"12345678901234567890"  # RFC 6238, appendix B
# Its eight digits; six are the last six of them, since both are the same number modulo a power.
VECTORS = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]


@pytest.mark.parametrize(("seconds", "digits"), VECTORS)
def test_the_digits_are_those_of_the_rfc(seconds: int, digits: str) -> None:
    assert totp.at(SECRET, totp.step_of(seconds * 1000)) == digits[-6:]


@pytest.mark.parametrize("drift", [-1, 0, 1])
def test_a_telephone_may_be_one_step_away(drift: int) -> None:
    now = 1_795_233_600_000
    step = totp.step_of(now) + drift

    assert totp.accepted(SECRET, totp.at(SECRET, step), now, after=0) == step


@pytest.mark.parametrize("drift", [-2, 2])
def test_two_steps_away_is_too_far(drift: int) -> None:
    now = 1_795_233_600_000
    code = totp.at(SECRET, totp.step_of(now) + drift)

    assert totp.accepted(SECRET, code, now, after=0) is None


def test_a_code_that_was_accepted_is_not_accepted_again() -> None:
    now = 1_795_233_600_000
    code = totp.at(SECRET, totp.step_of(now))
    step = totp.accepted(SECRET, code, now, after=0)
    assert step is not None

    assert totp.accepted(SECRET, code, now, after=step) is None


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "１２３４５６", "0" * 500])
def test_what_is_no_code_is_none(typed: str) -> None:
    assert totp.accepted(SECRET, typed, 1_795_233_600_000, after=0) is None


def test_the_address_for_the_telephone_escapes_names() -> None:
    made = totp.address(SECRET, "Dewi & Co: Lestari", "Teras Kota?")

    assert made.startswith("otpauth://totp/Teras%20Kota%3F:Dewi%20%26%20Co%3A%20Lestari?secret=")
    assert made.endswith("&issuer=Teras%20Kota%3F&algorithm=SHA1&digits=6&period=30")


def test_a_typed_secret_is_the_one_of_the_address() -> None:
    typed = totp.typed_secret(SECRET)

    assert typed.replace(" ", "") in totp.address(SECRET, "a", "b")
    assert typed.split(" ")[0] == "GEZD"
