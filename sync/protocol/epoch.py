"""An epoch: the server's lifetime between restores; and what heals a server that went back.

    epoch 1 ──row 80──────── 120      what desks had read when the server was put back to row 80
                 └─ epoch 2 ─ 81 …    fork: the last row that both histories have

A desk of epoch 1 is shown the lineage up to the present epoch, goes back to the fork, gives back
the signed pages of what it read past it (Return), then its own batches; change ids remove doubles.

Which of two servers of one lineage goes on:

    the other epoch is an ancestor of ours              nothing: its desks are healed
    it is none of ours and began later                  ours stops: epoch_superseded
    it is none of ours and began before ours did        ours was restored later, on purpose: it
                                                        begins its next epoch as the child of both
"""

from collections.abc import Sequence

import msgspec

from sync.protocol import wire
from sync.protocol.enrol import OfficeShape
from sync.protocol.stream import Signed

LINEAGE_MAX = 1_000  # epochs; a city that restores a backup every day needs years
MARKS_MAX = 64  # page ends of one stream that a desk tells of, ever farther apart
RETURN_PAGES = 16  # pages of one envelope, and far fewer if they are large
RETURN_BYTES = 2 * 1024 * 1024  # of plain pages; one larger page goes alone
NAME_BYTES = 16


class Epoch(msgspec.Struct, frozen=True):
    """One epoch as a server says it to an office.

    `parent` is the epoch it came from, empty for the first; `also` are others that end in it.
    `forks` maps the office's streams to the last row that they share with the parent, a hint: a
    cursor's chain value decides. `began` is ms, the server's clock.
    """

    number: int
    id: bytes
    parent: bytes
    also: list[bytes]
    forks: dict[str, int]
    began: int


class Return(msgspec.Struct, frozen=True):
    """Pages that a server once signed, in the order in which they were read, and their texts."""

    pages: wire.Listed[Signed]
    texts: wire.Texts


class Admission(msgspec.Struct, frozen=True):
    """What the server vouches for of a device, so that a restored one can let it in again.

    `epoch` is the one in which it said so, `parent` the device that it split off from.
    """

    device: bytes
    office: OfficeShape
    sign: bytes
    seal: bytes
    letter: bytes
    certificate: bytes
    operator: bytes
    incarnation: bytes
    enrolled: int
    epoch: bytes
    parent: bytes = b""


class Rejoin(msgspec.Struct, frozen=True):
    """Shown by a device that the server no longer knows; Signed(Admission), domain "admission"."""

    admission: Signed


def descent(shown: Sequence[Epoch], known: bytes) -> list[Epoch] | None:
    """Give the epochs of a lineage that came after a known one, oldest first.

    None where the last of them does not descend from it.
    """
    if not shown:
        return None
    by_id = {epoch.id: epoch for epoch in shown}
    found: list[Epoch] = []
    epoch: Epoch | None = shown[-1]
    while epoch is not None and len(found) <= len(shown):
        if epoch.id == known:
            return found[::-1]
        found.append(epoch)
        if known == epoch.parent or known in epoch.also:
            return found[::-1]
        epoch = by_id.get(epoch.parent)
    return None


def fork(passed: Sequence[Epoch], stream: str) -> int:
    """Tell the last row of a stream that came through all these epochs."""
    return min((epoch.forks.get(stream, 0) for epoch in passed), default=0)
