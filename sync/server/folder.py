"""A visit of a stick at the city: takes what desks laid there, lays what each of them asked for.

    every manifest -> whole, signed, of a device that may speak          else refused, with a code
    batches        -> in the order of their chains, whatever order the files came in
                      a gap: left on the stick (`held`); the desk brings what is missing on another
                      one, or by any other road, and the next visit takes both
    given back     -> rows that a city which was put back lacks, before any batch
    asks           -> one for each device and incarnation, the newest: a receipt, then rows page by
                      page until nothing is left to tell or the stick is full
    chunks         -> of attachments that asks offer, after all batches

Nothing the city lays is kept: the same stick again is answered again, from what is true then, in
place of the parcel before.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec

from forms.engine.problem import Refused
from sync.crypto import parcel, trust
from sync.crypto.keys import key_id
from sync.crypto.parcel import Author, Fault, Parcel
from sync.protocol import wire
from sync.protocol.batch import SEALED_MAX
from sync.protocol.lease import Lease
from sync.protocol.parcel import READ_MAX, Line, Manifest
from sync.protocol.snapshot import Portion, Want
from sync.protocol.stick import Found, Stick
from sync.protocol.stream import Cursor, Page, Signed
from sync.server import (
    attachments,
    city_keys,
    device_keys,
    exchange,
    intake,
    recovery,
    revocation,
    snapshots,
)
from sync.server.city import City
from sync.server.devices import admitted
from sync.server.exchange import Asking

ANSWERS_MAX = 64  # of one ask; each has 20,000 rows, and the way back takes a day


class Visit(msgspec.Struct, frozen=True):
    """What one visit did, in files; `ignored` were named by no manifest.

    `unwritten` says why the answer could not be laid, or not all of it; "" where it is there.
    """

    taken: int
    known: int
    held: int
    refused: list[Fault]
    wrote: int
    ignored: int
    unwritten: str = ""


class _Brought(NamedTuple):
    """A file for the city, and the device that laid it."""

    writer: bytes
    line: Line


def carry(city: City, stick: Stick) -> Visit:
    """Take what a stick brings and lay the answers on it.

    Refused only if it can't be read at all (stick_missing | stick_forbidden | stick_lost |
    stick_crowded).
    """
    city_keys.attend(city)
    found = stick.look()
    parcels, faults = parcel.read(stick, found)
    news = _meet_keys(city, stick, found, parcels)
    known = {*city.ring.signs, *city.ring.lost}
    ours = [one for one in parcels if one.manifest.key in known]
    theirs = []
    for one in parcels:
        if one not in ours:
            code = _stranger(city, stick, found, one)
            if code:
                faults.append(Fault(one.file, code))
                _keep_evidence(city, stick, found, one)
            else:
                theirs.append(one)
    reading = _Reading(city, stick, found, faults)
    reading.all(_brought(theirs, faults))
    wrote, unwritten = _lay(city, stick, reading) if reading.asks or news else (0, "")
    return Visit(
        reading.taken,
        reading.known,
        reading.held,
        faults,
        wrote,
        parcel.unnamed(found, ours + theirs),
        unwritten,
    )


def _meet_keys(city: City, stick: Stick, found: Found, parcels: Sequence[Parcel]) -> bool:
    """Meet the lists of our keys that desks laid, whoever they are: the root vouches for them.

    Tell whether a desk has another than the newest.
    """
    shown = set[Signed | None]()
    for one in parcels:
        for line in one.manifest.lines:
            if line.kind == "trust" and line.reader == key_id(city.public.root):
                with suppress(Refused):  # a broken one says nothing
                    data = parcel.content(stick, line, found.sealed)
                    city_keys.meet(city, data)
                    shown.add(trust.opened(data, city.public.root).keys)
    return bool(shown - {city.ring.listed})


def _keep_evidence(city: City, stick: Stick, found: Found, one: Parcel) -> None:
    """Keep what a revoked device laid; of anybody else's nothing is kept."""
    for line in one.manifest.lines:
        if line.kind == "batch" and line.size <= SEALED_MAX:
            with suppress(Refused):
                revocation.keep(city, [parcel.content(stick, line, found.sealed)])


def _stranger(city: City, stick: Stick, found: Found, one: Parcel) -> str:
    """Say why a parcel's writer may not speak here; "" if it may.

    One that this city has forgotten, since it was put back, may show that it was let in.
    """
    manifest = one.manifest
    code = _refused(city, manifest)
    if code in {"device_unknown", "signature_wrong"}:
        if manifest.city not in city.ring.readers:
            return "reader_unknown"
        for line in [line for line in manifest.lines if line.kind == "rejoin"][:1]:
            try:
                recovery.rejoin(city, parcel.content(stick, line, found.sealed))
            except Refused:
                return code
            code = _refused(city, manifest)
    return code


def _refused(city: City, manifest: Manifest) -> str:
    try:
        with city.database.read() as connection:
            device = admitted(connection, city.code, manifest.writer)
            known = device_keys.has_signed(connection, city.code, device, manifest.key)
    except Refused as refused:
        return refused.problems[0].code
    return "" if known else "signature_wrong"


def _brought(parcels: Sequence[Parcel], faults: list[Fault]) -> list[_Brought]:
    """Collect the files that desks laid for the city, each once, chains in order, chunks last."""
    every = {
        (one.manifest.writer, line.seq, line.name): line
        for one in parcels
        for line in one.manifest.lines
        if line.kind in {"ask", "return", "batch", "chunk"}
    }
    kept, size = dict[bytes, _Brought](), 0
    ordered = sorted(every.items(), key=lambda item: (item[1].kind == "chunk", *item[0]))
    for (writer, _, name), line in ordered:
        size += line.size
        if size > READ_MAX:
            faults.append(Fault(line.file, "parcel_too_large"))
        else:
            kept.setdefault(name, _Brought(writer, line))
    return list(kept.values())


class _Reading:
    """One reading of a stick; what can't be taken is a fault of its own file only."""

    def __init__(self, city: City, stick: Stick, found: Found, faults: list[Fault]) -> None:
        self._city, self._stick, self._found, self.faults = city, stick, found, faults
        self.taken = self.known = self.held = 0
        self.asks: dict[tuple[bytes, bytes], tuple[Line, Asking]] = {}
        self.returned: dict[bytes, list[bytes]] = {}

    def all(self, brought: Sequence[_Brought]) -> None:
        """Read asks, for they tell who knows our epoch; then what is given back; batches; files."""
        for one in brought:
            if one.line.kind == "ask":
                self._take(one, self._ask)
        city = self._city
        behind = {
            device for (device, _), (_, asking) in self.asks.items() if asking.epoch != city.epoch
        }
        for one in brought:
            if one.line.kind == "return" and one.writer not in behind:
                self._take(one, self._return)
        for one in brought:
            if one.line.kind == "batch":
                if one.writer in behind:  # first it has to hear how this epoch came to be
                    self.held += 1
                else:
                    self._take(one, self._batch)
        for _, asking in self.asks.values():
            if asking.epoch == city.epoch:
                attachments.offer(city, asking.device, asking.ask.files)
        for one in brought:
            if one.line.kind == "chunk" and one.writer not in behind:
                self._take(one, self._chunk)

    def _take(self, one: _Brought, how: Callable[[_Brought, bytes], None]) -> None:
        try:
            how(one, parcel.content(self._stick, one.line, self._found.sealed))
        except Refused as refused:
            code = refused.problems[0].code
            if code == "batch_gap":
                self.held += 1
            else:
                self.faults.append(Fault(one.line.file, code))

    def _ask(self, one: _Brought, data: bytes) -> None:
        """Of one incarnation the newest ask counts, by its desk's own clock."""
        asking = exchange.open_ask(self._city, data)
        key = (asking.ask.device, asking.ask.incarnation)
        if key not in self.asks or self.asks[key][1].ask.clock < asking.ask.clock:
            self.asks[key] = (one.line, asking)

    def _return(self, one: _Brought, data: bytes) -> None:
        self.returned.setdefault(one.writer, []).extend(recovery.take(self._city, data))

    def _batch(self, _one: _Brought, data: bytes) -> None:
        known = intake.take(self._city, data).known
        self.known += known
        self.taken += not known

    def _chunk(self, _one: _Brought, data: bytes) -> None:
        attachments.take(self._city, data)


def _lay(city: City, stick: Stick, reading: _Reading) -> tuple[int, str]:
    """Lay the answers; return how many files, and why not all of them."""
    author = Author(city.keys.sign, key_id(city.public.sign), key_id(city.public.seal))
    try:
        laid = parcel.lay(stick, author, _answers(city, reading), part=True)
    except Refused as refused:
        return 0, refused.problems[0].code
    return len(laid.manifest.lines), "" if laid.whole else "stick_full"


def _answers(city: City, reading: _Reading) -> Iterator[bytes]:
    """Seal all receipts first, they are small; then what there is to tell each desk."""
    yield city_keys.newest(city)
    granted = {}
    for key, (line, asking) in reading.asks.items():
        try:
            if exchange.parts(city, asking):
                yield exchange.part(city, asking)
                continue
            granted[line.name] = exchange.grant(city, asking)
            reading.asks[key] = line, exchange.looked(city, asking)
            yield exchange.receipt(city, asking)
        except Refused as refused:
            reading.faults.append(Fault(line.file, refused.problems[0].code))
    for line, asking in reading.asks.values():
        if line.name in granted:
            returned = reading.returned.get(asking.ask.device, [])
            try:
                yield from _told(city, asking, granted[line.name], returned)
            except Refused as refused:
                reading.faults.append(Fault(line.file, refused.problems[0].code))


def _told(
    city: City, asking: Asking, granted: list[Lease], returned: list[bytes]
) -> Iterator[bytes]:
    """Answer one ask again and again, each time from where the answer before ended."""
    course = _Course(city, asking)
    for place in range(ANSWERS_MAX):
        answer = exchange.answer(city, asking, granted, None, returned)
        yield exchange.seal(city, asking.device, answer, "answer", place)
        if not answer.more:
            return
        cursors = {cursor.stream: cursor for cursor in asking.ask.cursors}
        course.go_on(answer.snapshot, cursors)
        for signed in answer.pages:
            page = wire.decode(signed.plain, Page)
            cursors[page.stream] = Cursor(page.stream, page.last, page.chain)
        ask = msgspec.structs.replace(
            asking.ask, cursors=list(cursors.values()), files=None, snapshot=course.want, policy=b""
        )
        asking, granted, returned = msgspec.structs.replace(asking, ask=ask), [], []


class _Course:
    """What the next answer to one ask brings of a snapshot; pages follow where it ends."""

    def __init__(self, city: City, asking: Asking) -> None:
        self.want = asking.ask.snapshot
        self._city, self._office = city, asking.device.office

    def go_on(self, portion: Portion | None, cursors: dict[str, Cursor]) -> None:
        """Go on behind what an answer brought; behind the last part move the cursors to its end."""
        taken = None
        if portion is not None and not portion.gone:
            taken = snapshots.manifest(self._city, self._office, portion.name)
        if portion is None or taken is None:
            self.want = None
            return
        reached = portion.place + len(portion.parts)
        self.want = Want(portion.name, reached) if reached < len(taken.parts) else None
        for end in () if self.want else taken.ends:
            if end.stream not in cursors or cursors[end.stream].row < end.row:
                cursors[end.stream] = end
