"""Check a city's key list, and lay it in an envelope that anybody may carry and read."""

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope, signed
from sync.crypto.keys import key_id
from sync.protocol import wire
from sync.protocol.header import CLASSICAL, Header
from sync.protocol.stream import Signed
from sync.protocol.trust import KEYS_MAX, KeyList, Shown

_OUTSIDE = bytes(32)  # no chain


def checked(listed: Signed, root: bytes) -> KeyList:
    """Check a list against the root's public key.

    Refused(signature_wrong | message_malformed | key_list_malformed).
    """
    found = wire.decode(signed.check(listed, root, "keys"), KeyList)
    most = max(len(found.seals), len(found.signs))
    if not (found.seals and found.signs) or most > KEYS_MAX or found.root != root:
        raise Refused(Problem("key_list_malformed"))
    return found


def enclosed(shown: Shown, *, sign: bytes, writer: bytes, root: bytes) -> bytes:
    """Lay what is known of the city's keys in an envelope, signed by whoever shows it."""
    header = Header(
        kind="trust",
        suite=CLASSICAL,
        writer=writer,
        reader=key_id(root),
        incarnation=b"",
        seq=0,
        prev=_OUTSIDE,
        epoch=b"",
    )
    return envelope.enclose(wire.encode(shown), header, sign=sign)


def opened(data: bytes, root: bytes) -> Shown:
    """Read such an envelope; who wrote it proves nothing, the list in it stands for itself.

    Refused(envelope_malformed | envelope_version | envelope_kind | keys_elsewhere |
    message_malformed).
    """
    letter = envelope.read(data)
    if letter.header.kind != "trust":
        raise Refused(Problem("envelope_kind"))
    if letter.header.reader != key_id(root):
        raise Refused(Problem("keys_elsewhere"))
    return wire.decode(letter.envelope.sealed, Shown)
