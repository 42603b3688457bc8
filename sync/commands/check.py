"""`check`: a letter's QR, an audit export or a batch file, checked with public keys alone."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from forms.engine.problem import Problem, Refused
from sync.commands.call import Answer, Call
from sync.commands.table import DONE, REFUSED
from sync.commands.trouble import shown
from sync.crypto import envelope
from sync.crypto import letter as seals
from sync.crypto.keys import key_id

FILE_BYTES_MAX = 256 * 1024 * 1024  # ten years of a city's audit; anything larger is something else

LOOKS, HEAD_BYTES = b'"teras/looks/', 64  # what a file of looks begins with


class Keys(msgspec.Struct, frozen=True):
    """Public keys of one region, in hex; `devices` by device id, where the export names them.

    `former` are signing keys of before, whose word still counts.
    """

    sign: str
    root: str
    former: Sequence[str] = ()
    devices: Mapping[str, str] = {}


class KeyFile(msgspec.Struct, frozen=True):
    """What `server keys export` writes."""

    regions: Mapping[str, Keys] = {}


Says = Callable[[bytes, KeyFile], dict[str, Any]]


def check(call: Call) -> Answer:
    """Check a text or file; `ok` only if every signature of it holds under the given keys."""
    keys = _keys(call.options.keys)
    content = _content(call.options.text)
    kind, says = _kind(content)
    body: dict[str, Any] = {"ok": True, "kind": kind, "says": {}, "problems": []}
    try:
        body["says"] = says(content, keys)
    except Refused as refused:
        body |= {"ok": False, "problems": list(shown(refused.problems))}
    return Answer(body, DONE if body["ok"] else REFUSED)


def _content(text: str) -> bytes:
    """Take a file's bytes where the text names one, the text itself else."""
    if text.startswith(seals.PREFIX) or not _is_file(text):
        return text.encode()
    with Path(text).open("rb") as file:
        content = file.read(FILE_BYTES_MAX + 1)
    if len(content) > FILE_BYTES_MAX:
        raise Refused(Problem("check_too_large", facts={"max": FILE_BYTES_MAX}))
    return content


def _is_file(text: str) -> bool:
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long for a name, or a zero byte in it
        return False


def _kind(content: bytes) -> tuple[str, Says]:
    if content.lstrip().startswith(seals.PREFIX.encode()):
        return "letter", _letter
    if content.lstrip()[:1] == b"{":
        return ("looks", _looks) if LOOKS in content[:HEAD_BYTES] else ("audit", _audit)
    try:
        return envelope.read(content).header.kind, _batch
    except Refused:
        return "unknown", _unknown


def _letter(content: bytes, keys: KeyFile) -> dict[str, Any]:
    text = content.decode("ascii", "replace").strip()
    roots = {code: _raw(region.root) for code, region in keys.regions.items()}
    found = seals.check(text, roots)
    claims = found.claims
    return {
        "region": found.region,
        "office": found.office,
        "service": claims.service,
        "number": claims.number,
        "date": claims.date,
        "initials": claims.initials,
        "letter": claims.letter_id.hex(),
        "digest": claims.digest.hex(),
    }


def _audit(content: bytes, keys: KeyFile) -> dict[str, Any]:
    from sync.server import audit_file

    signing = {code: _signs(region) for code, region in keys.regions.items()}
    events, head = audit_file.check(content, signing)
    return {"events": events, "head": head.hex()}


def _looks(content: bytes, keys: KeyFile) -> dict[str, Any]:
    from sync.server import looks_file

    signing = {code: _signs(region) for code, region in keys.regions.items()}
    return {"looks": looks_file.check(content, signing)}


def _batch(content: bytes, keys: KeyFile) -> dict[str, Any]:
    letter = envelope.read(content)
    header = letter.header
    envelope.verify(letter, _writer(header.writer, keys))
    return {
        "id": letter.id.hex(),
        "writer": header.writer.hex(),
        "incarnation": header.incarnation.hex(),
        "seq": header.seq,
        "previous": header.prev.hex(),
        "epoch": header.epoch.hex(),
        "bytes": len(content),
    }


def _unknown(content: bytes, _keys: KeyFile) -> dict[str, Any]:
    raise Refused(Problem("check_unknown", facts={"bytes": len(content)}))


def _writer(writer: bytes, keys: KeyFile) -> bytes:
    """Find the public key of a device, or of a server by its key's id; Refused(key_unknown)."""
    for region in keys.regions.values():
        if writer.hex() in region.devices:
            return _raw(region.devices[writer.hex()])
        for sign in _signs(region):
            if writer == key_id(sign):
                return sign
    raise Refused(Problem("key_unknown", facts={"region": writer.hex()}))


def _signs(region: Keys) -> list[bytes]:
    return [_raw(sign) for sign in (region.sign, *region.former)]


def _keys(name: str | None) -> KeyFile:
    if not name:
        return KeyFile()
    try:
        return msgspec.json.decode(Path(name).read_bytes(), type=KeyFile)
    except msgspec.MsgspecError as error:
        raise Refused(Problem("keys_malformed")) from error


def _raw(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise Refused(Problem("keys_malformed")) from error
