"""A reader of batches and answers written from docs/batch-format.md alone.

It imports nothing of the product: MessagePack, zstd, HPKE and Ed25519 from the public libraries,
and the rules of the page. Where the two differ, one of them is wrong.
"""

import hashlib
import sys
from typing import Any, NamedTuple

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_HEADER = (
    "kind", "suite", "writer", "reader", "incarnation", "seq", "prev", "epoch", "dictionary",
)  # fmt: skip
_ABSENT = object()
_EPOCH_DAY = 719_163  # 1970-01-01, counted from 0001-01-01 as day 1


class Opened(NamedTuple):
    """An envelope that was opened: its header, its id and what was in it."""

    header: dict[str, Any]
    id: bytes
    content: bytes


def sha256(*parts: bytes | msgspec.Raw) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def unpack(data: bytes | msgspec.Raw) -> Any:
    return msgspec.msgpack.decode(data)


def canonical(value: Any) -> bytes:
    """Encode plain values: names of every map in the order of their UTF-8 bytes."""
    return msgspec.msgpack.encode(_sorted(value))


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _sorted(value[name]) for name in sorted(value, key=str.encode)}
    return [_sorted(one) for one in value] if isinstance(value, list) else value


def open_envelope(data: bytes, *, writer: bytes, seal: bytes) -> Opened:
    """Verify with the writer's Ed25519 key, unseal with the reader's X25519 key, unframe."""
    magic, head, sealed, signature = unpack(data)
    assert magic == "TRS1"
    name = sha256(b"teras/id/1", head, sealed)
    key = Ed25519PublicKey.from_public_bytes(writer)
    key.verify(signature, b"teras/signature/1" + name)
    suite = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
    private = X25519PrivateKey.from_private_bytes(seal)
    padded = suite.decrypt(sealed, private, info=b"teras/seal/1" + sha256(head))
    return Opened(dict(zip(_HEADER, unpack(head), strict=True)), name, unframe(padded))


def unframe(padded: bytes) -> bytes:
    length = int.from_bytes(padded[:4], "big")
    packed, zeros = padded[4 : 4 + length], padded[4 + length :]
    assert len(packed) == length
    assert not any(zeros)
    assert len(padded) == padme(4 + length)
    content: bytes = zstd.decompress(packed)
    return content


def padme(size: int) -> int:
    if size <= 256:
        return 256
    exponent = size.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return -(-size // step) * step


def column(packed: list[Any], rows: int) -> list[Any]:
    """Give back a column's values."""
    tag = packed[0]
    if tag == "=":
        return [packed[1]] * rows
    if tag == "*":
        return list(packed[1])
    if tag == "+":
        values = [packed[1]]
        for difference in packed[2]:
            values.append(values[-1] + difference)
        return values
    if tag == "d":
        return [packed[1][index] for index in packed[2]]
    if tag == "b":
        return _cut(packed[2], packed[1])
    if tag == "#":
        width = packed[1]
        size = ((10**width - 1).bit_length() + 7) // 8
        return [f"{int.from_bytes(part, 'big'):0{width}}" for part in _cut(packed[2], size)]
    if tag == "t":
        return [_date(packed[1]), *(_date(packed[1] + offset) for offset in packed[2])]
    if tag == "?":
        there = [bool(packed[1][row // 8] >> row % 8 & 1) for row in range(rows)]
        inner = iter(column(packed[2], sum(there)))
        return [next(inner) if one else _ABSENT for one in there]
    assert tag == "m"
    parts = {name: column(part, rows) for name, part in packed[1].items()}
    return [
        {name: cells[row] for name, cells in parts.items() if cells[row] is not _ABSENT}
        for row in range(rows)
    ]


def _cut(joined: bytes, size: int) -> list[bytes]:
    return [joined[at : at + size] for at in range(0, len(joined), size)]


def _date(day: int) -> str:
    """Days since 0000-12-31 of the proleptic Gregorian calendar (Hinnant's civil-from-days)."""
    shifted = day - _EPOCH_DAY + 719_468
    era, of_era = divmod(shifted, 146_097)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    date = of_year - (153 * month + 2) // 5 + 1
    number = month + 3 if month < 10 else month - 9
    return f"{year + era * 400 + (number <= 2):04}-{number:02}-{date:02}"


_EMPTY: dict[str, Any] = {
    "record": b"", "subject": b"", "base": {}, "state": "", "number": None, "salt": b"",
    "erased": b"", "reason": "", "paper": None,
}  # fmt: skip
_ACT = {"device", "incarnation", "seq", "operator", "time", "act", *_EMPTY}


def changes(table: bytes) -> list[dict[str, Any]]:
    """Decode a table of changes; each gets `id` and, of this page's columns, all."""
    plain = unpack(table)
    rows = plain["rows"]
    if rows == 0:
        return []
    acts = {name: column(packed, rows) for name, packed in plain["acts"].items()}
    of_table = column(plain["table"], rows)
    answers = [
        iter(column(one["answers"], of_table.count(place)))
        for place, one in enumerate(plain["tables"])
    ]
    found: list[dict[str, Any]] = []
    for row in range(rows):
        cells = {name: values[row] for name, values in acts.items()}
        change = {**_EMPTY, **{name: cells[name] for name in _ACT & cells.keys()}}
        change["extra"] = {
            name: value
            for name, value in cells.items()
            if name not in _ACT and value is not _ABSENT
        }
        change["service"], change["version"] = plain["tables"][of_table[row]]["form"]
        change["answers"] = next(answers[of_table[row]])
        for name in ("record", "subject"):
            change[name] = _near(change[name], found)
        change["base"] = {
            group: _near(base, found) for group, base in (change["base"] or {}).items()
        }
        change["id"] = change_id(change)
        found.append(change)
    return found


def _near(value: Any, found: list[dict[str, Any]]) -> bytes:
    """An id, or how many changes back the one is whose id is meant."""
    if isinstance(value, int):
        name: bytes = found[-value]["id"]
        return name
    return value or b""


def body(change: dict[str, Any]) -> bytes:
    """Encode what may be erased: answers, reason, paper, in this order, empty ones left out."""
    told = {}
    if change["answers"]:
        told["answers"] = _sorted(change["answers"])
    if change["reason"]:
        told["reason"] = change["reason"]
    if change["paper"] is not None:
        told["paper"] = _sorted(change["paper"])
    return msgspec.msgpack.encode(told)


def change_id(change: dict[str, Any]) -> bytes:
    return said(change)[:16]


def said(change: dict[str, Any]) -> bytes:
    """Digest what a change says."""
    digest = change["erased"] or sha256(b"teras/body/1", change["salt"], body(change))
    act = {
        name: change[name]
        for name in (
            "device", "incarnation", "seq", "operator", "time", "service", "version", "act",
        )
    }  # fmt: skip
    act["digest"] = digest
    for name in ("record", "subject", "base", "state", "number"):
        if change[name]:
            act[name] = change[name]
    act |= change["extra"]
    return sha256(b"teras/change/1", canonical(act))


def authored(change: dict[str, Any], key: bytes) -> None:
    """Verify that an operator's key signed what they did; InvalidSignature where it did not."""
    told = {name: value for name, value in change["extra"].items() if name != "signature"}
    message = b"teras/act/1" + said({**change, "extra": told})
    Ed25519PublicKey.from_public_bytes(key).verify(change["extra"]["signature"], message)


def key_name(public: bytes) -> bytes:
    return sha256(b"teras/operator-key/1", public)[:16]


def signed(pair: list[bytes], domain: str, key: bytes) -> Any:
    """Verify [plain, signature] of a domain and decode what was signed."""
    plain, signature = pair
    covered = plain
    if domain == "page":
        parts = msgspec.msgpack.decode(plain, type=dict[str, msgspec.Raw])
        covered = canonical({name: part for name, part in parts.items() if name != "changes"})
    message = f"teras/{domain}/1".encode() + covered
    Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    return unpack(plain)


def chain(page: bytes, before: bytes) -> bytes:
    """Compute the chain value after a page's last row, from the one before its first."""
    parts = msgspec.msgpack.decode(page, type=dict[str, msgspec.Raw])
    said: dict[int, msgspec.Raw] = {}
    for name in ("fates", "leaves"):
        for row in msgspec.msgpack.decode(parts[name], type=list[msgspec.Raw]):
            said[unpack(row)[0]] = row
    said |= dict(msgspec.msgpack.decode(parts["grants"], type=list[tuple[int, msgspec.Raw]]))
    for number in range(unpack(parts["first"]), unpack(parts["last"]) + 1):
        before = sha256(before, sha256(said[number]))
    return before


def part(sealed: bytes, key: bytes, place: int, *, last: bool) -> dict[str, Any]:
    """Open a part of a snapshot; `told` are its rows, each with its stream and change."""
    nonce = place.to_bytes(11, "big") + bytes([last])
    frame = ChaCha20Poly1305(key).decrypt(nonce, sealed, b"teras/snapshot/1")
    found: dict[str, Any] = unpack(unframe(frame))
    said = {name: column(packed, found["rows"]) for name, packed in found["fates"].items()}
    found["told"] = [
        {name: values[row] for name, values in said.items()}
        | {"stream": found["streams"][said["stream"][row]], "change": change}
        for row, change in enumerate(changes(found["changes"]))
    ]
    return found
