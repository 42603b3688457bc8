"""The lane of attachments in a trip: chunk by chunk, and never before a record.

    wished     one chunk an exchange, until the file is here or the city has no more of it
    unsent     offered, as many as an ask names; then the chunks that the city lacks, one each
    a record   saved meanwhile goes with the next exchange: at most one chunk was on its way before

What a line that broke off has brought stays brought: the next trip asks first what is lacking, and
a chunk is the same bytes again, so a carrier that sends in pieces goes on within it.
"""

from collections.abc import Callable

import msgspec

from sync.client.carrier import Carrier
from sync.protocol.attachment import Fetch, Files, Stand
from sync.store import attachments, file_lane, inbound, outbox, window
from sync.store.handle import Store

# All that a laptop keeps (sync.store.attachments.QUOTA) twice over; past this something is wrong.
EXCHANGES_MAX = 20_000


class _Step(msgspec.Struct, frozen=True):
    """What the next exchange says of files, which it is about, and the chunk that it brings."""

    files: Files
    about: list[bytes]
    brought: list[bytes]
    place: int = 0  # of the chunk that is brought
    fetched: tuple[bool, int] | None = None  # how much was here before, where one is fetched


class _Lane:
    """What one trip has learnt: which files are done with, and what the city lacks of others."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._done: set[bytes] = set()
        self._lacking: dict[bytes, list[int]] = {}

    def next(self) -> _Step | None:
        return self._fetch() or self._bring() or self._offer()

    def heard(self, step: _Step, stands: list[Stand]) -> None:
        """Learn from an answer; a file that doesn't come on is left for another trip."""
        told = {stand.digest: stand for stand in stands}
        for digest in step.about:
            stand = told.get(digest)
            before = self._lacking.pop(digest, None)
            if step.fetched is not None:
                if file_lane.progress(self._store, digest) == step.fetched:
                    self._done.add(digest)  # the city has no more of it
            elif stand is None or stand.whole:
                self._done.add(digest)
            elif step.brought and step.place in stand.lacks:
                self._done.add(digest)  # the city doesn't take it
            elif stand.lacks:
                self._lacking[digest] = stand.lacks
            elif before is not None:
                self._done.add(digest)

    def _fetch(self) -> _Step | None:
        for digest, places in file_lane.downward(self._store, self._done):
            files = Files(fetched=[Fetch(digest, places[:1] or [0])])
            return _Step(files, [digest], [], fetched=file_lane.progress(self._store, digest))
        return None

    def _bring(self) -> _Step | None:
        while self._lacking:
            digest, places = next(iter(self._lacking.items()))
            content = file_lane.enclosed(self._store, digest, places[0])
            if content is not None:
                return _Step(Files(named=[digest]), [digest], [content], places[0])
            del self._lacking[digest]
            self._done.add(digest)
        return None

    def _offer(self) -> _Step | None:
        due = file_lane.upward(self._store, self._done)
        return None if due is None else _Step(due.files, due.digests, [])


def go(store: Store, carrier: Carrier, rows_max: int, records: Callable[[], int]) -> int:
    """Bring and fetch files until nothing is left to do; return the rows that came beside.

    `records` brings what was saved meanwhile. Unreachable when the line breaks: what was done until
    then stays done.
    """
    received = 0
    found = _Lane(store)
    for _ in range(EXCHANGES_MAX):
        step = found.next()
        if step is None:
            break
        ask = outbox.ask(store, rows_max, step.files, remembered=False)
        answer = carrier.exchange([ask.envelope, *step.brought])
        taken = inbound.take(store, answer, ask.nonce)
        received += taken.rows
        found.heard(step, taken.stands)
        if taken.healing or taken.more or outbox.is_waiting(store):
            received += records()
    window.let_go(store)
    attachments.evict(store)
    return received
