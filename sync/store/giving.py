"""What a desk shows and gives back to a city that was put back, sealed like a batch."""

from sync.protocol import columns, wire
from sync.protocol.epoch import RETURN_BYTES, RETURN_PAGES, Rejoin, Return
from sync.protocol.stream import CHAIN_START, Page, Signed
from sync.store import outbox, recovery, texts
from sync.store.handle import Store

AT_ONCE = 4  # envelopes of one exchange


def returns(store: Store) -> list[bytes]:
    """Seal the next pages that the city lacks; none where it was not put back."""
    if not recovery.under_way(store)[0]:
        return []
    with store.read() as conn:
        pages = [signed for _, signed in recovery.owed(conn, AT_ONCE * RETURN_PAGES)]
        sealed = []
        for part in _parts(pages)[:AT_ONCE]:
            cited = {digest for signed in part for digest in _cited(signed)}
            content = Return(part, texts.get(conn, sorted(cited)))
            sealed.append(wire.encode(content))
    return [outbox.seal(store, content, "return", 0, CHAIN_START) for content in sealed]


def rejoin(store: Store) -> bytes | None:
    """Seal what lets us in again where the city has forgotten us; None if we were never told."""
    admission = store.setting("admission", Signed)
    if admission is None:
        return None
    return outbox.seal(store, wire.encode(Rejoin(admission)), "rejoin", 0, CHAIN_START)


def _parts(pages: list[Signed]) -> list[list[Signed]]:
    """Lay pages together, as many as one envelope takes."""
    parts: list[list[Signed]] = []
    size = 0
    for page in pages:
        size += len(page.plain)
        if not parts or len(parts[-1]) == RETURN_PAGES or size > RETURN_BYTES:
            parts.append([])
            size = len(page.plain)
        parts[-1].append(page)
    return parts


def _cited(signed: Signed) -> set[str]:
    """Collect the texts that letters of a page cite."""
    changes = columns.decode(wire.decode(signed.plain, Page).changes)
    return outbox.cited(changes)
