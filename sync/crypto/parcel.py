"""Lay a parcel on a stick, its signed manifest last; read the parcels that lie there."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope, signed
from sync.crypto.keys import key_id, public_sign
from sync.protocol import parcel, wire
from sync.protocol.parcel import Line, Manifest
from sync.protocol.stick import Found, Stick
from sync.protocol.stream import Signed

SPARE = 256 * 1024  # kept free for the manifest and the folder's own list of names


class Parcel(msgspec.Struct, frozen=True):
    """One parcel whose manifest is whole and bears the signature of the key that it names."""

    file: str
    manifest: Manifest


class Fault(msgspec.Struct, frozen=True):
    """A file that can't be taken, and why."""

    file: str
    code: str


class Laid(msgspec.Struct, frozen=True):
    """A parcel that is on the stick for certain; not `whole` when the stick was full before."""

    manifest: Manifest
    whole: bool


class Author(msgspec.Struct, frozen=True):
    """Who signs a parcel: a signing key, the id beside it, and the city's sealing key id."""

    sign: bytes
    writer: bytes
    city: bytes


def lay(stick: Stick, author: Author, contents: Iterable[bytes], *, part: bool = False) -> Laid:
    """Write envelopes and then their manifest, and drop what this author laid there before.

    With `part` a full stick gets what fits. Refused(stick_full | stick_forbidden | stick_missing |
    stick_lost | stick_false), then no manifest names anything new.
    """
    key = public_sign(author.sign)
    before = stick.look()
    name = ""
    under_way = key_id(key).hex() + parcel.PART_SUFFIX
    lines: dict[bytes, Line] = {}
    whole = True
    try:
        for content in contents:
            line = parcel.line(content, envelope.read(content).header)
            whole = _fits(stick, line, before, part=part)
            if not whole:
                break
            stick.put(line.file, content, under_way)
            lines[line.name] = line
        manifest = Manifest(parcel.VERSION, key, author.writer, author.city, list(lines.values()))
        plain = wire.encode(signed.sign(wire.encode(manifest), author.sign, "manifest"))
        name = parcel.name_of(plain).hex() + parcel.MANIFEST_SUFFIX
        stick.put(name, plain, under_way)
        stick.settle()
    except Refused:
        for line in lines.values():
            if line.file not in before.sealed:
                stick.remove(line.file)
        if name:
            stick.remove(name)
        raise
    _drop_older(stick, key, name)
    return Laid(manifest, whole)


def read(stick: Stick, found: Found) -> tuple[list[Parcel], list[Fault]]:
    """Read every manifest on a stick; one that is none of ours or broken is a fault."""
    parcels: list[Parcel] = []
    faults = [Fault(name, "parcel_too_large") for name in found.large]
    for count, file in enumerate(found.manifests):
        if count >= parcel.MANIFESTS_MAX:
            faults.append(Fault(file, "parcel_too_many"))
            continue
        try:
            parcels.append(Parcel(file, _manifest(stick, file)))
        except Refused as refused:
            faults.append(Fault(file, refused.problems[0].code))
    return parcels, faults


def content(stick: Stick, line: Line, sizes: Mapping[str, int]) -> bytes:
    """Read one file of a parcel.

    Refused(parcel_missing | parcel_short | parcel_altered | parcel_too_large | parcel_unreadable).
    """
    size = sizes.get(line.file)
    if size is None:
        raise Refused(Problem("parcel_missing"))
    if size != line.size:
        raise Refused(Problem("parcel_short" if size < line.size else "parcel_altered"))
    data = stick.read(line.file, line.size)
    if parcel.name_of(data) != line.name:
        raise Refused(Problem("parcel_altered"))
    return data


def unnamed(found: Found, parcels: Sequence[Parcel]) -> int:
    """Count what lies on a stick and no whole manifest names."""
    named = {line.file for one in parcels for line in one.manifest.lines}
    return found.strange + len(found.sealed.keys() - named)


def _manifest(stick: Stick, file: str) -> Manifest:
    data = stick.read(file, parcel.MANIFEST_MAX)
    if parcel.name_of(data).hex() + parcel.MANIFEST_SUFFIX != file:
        raise Refused(Problem("parcel_altered"))
    try:
        said = wire.decode(data, Signed)
        manifest = wire.decode(said.plain, Manifest)
    except Refused as error:
        raise Refused(Problem("manifest_malformed")) from error
    signed.check(said, manifest.key, "manifest")
    parcel.check(manifest)
    return manifest


def _fits(stick: Stick, line: Line, before: Found, *, part: bool) -> bool:
    """Tell whether a file has room; Refused(stick_full) where a part is not enough."""
    fits = line.file in before.sealed or line.size + SPARE <= stick.free()
    if not fits and not part:
        raise Refused(Problem("stick_full"))
    return fits


def _drop_older(stick: Stick, key: bytes, newest: str) -> None:
    """Drop an author's older parcels but for files that another manifest still names.

    Manifests first: pulled in between, nothing is named that isn't there.
    """
    try:
        found = stick.look()
        parcels, _ = read(stick, found)
    except Refused:
        return  # the new parcel is there for certain; tidying up is not worth a complaint
    older = [one for one in parcels if one.manifest.key == key and one.file != newest]
    kept = {line.file for one in parcels if one not in older for line in one.manifest.lines}
    for one in older:
        stick.remove(one.file)
    for one in older:
        for line in one.manifest.lines:
            if line.file not in kept:
                stick.remove(line.file)
