"""The second factor: six digits that change every thirty seconds (RFC 6238, HMAC-SHA-1).

SHA-1, six digits and thirty seconds are what every authenticator application knows.
"""

import base64
import hmac
import os
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP

SECRET_BYTES = 20  # RFC 4226 R6 recommends 160 bits
DIGITS = 6
STEP_MS = 30_000
DRIFT = 1  # steps that a telephone's clock may be wrong by


def make() -> bytes:
    """Make a new secret."""
    return os.urandom(SECRET_BYTES)


def at(secret: bytes, step: int) -> str:
    """Give the digits of a step, which is counted from 1970."""
    return HOTP(secret, DIGITS, SHA1()).generate(step).decode()  # noqa: S303 - HMAC-SHA-1, as apps do


def step_of(now: int) -> int:
    """Name the step of a time in ms."""
    return now // STEP_MS


def accepted(secret: bytes, typed: str, now: int, after: int) -> int | None:
    """Name the step whose digits were typed; None unless it is near now and later than `after`."""
    digits = "".join(typed.split())
    middle = step_of(now)
    found = None
    for step in range(middle - DRIFT, middle + DRIFT + 1):
        same = hmac.compare_digest(at(secret, step).encode(), digits.encode())
        if same and step > after and found is None:
            found = step
    return found


def typed_secret(secret: bytes) -> str:
    """Write a secret as a person types it where no camera is."""
    text = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(text[place : place + 4] for place in range(0, len(text), 4))


def address(secret: bytes, account: str, issuer: str) -> str:
    """Give the otpauth address that an authenticator application reads from a QR code."""
    asked = {
        "secret": base64.b32encode(secret).decode().rstrip("="),
        "issuer": issuer,
        "algorithm": "SHA1",
        "digits": DIGITS,
        "period": STEP_MS // 1000,
    }
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?{urlencode(asked, quote_via=quote)}"
