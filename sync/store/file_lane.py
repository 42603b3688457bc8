"""The lane behind the records: which files are offered, asked about and fetched, and what came.

unsent       offered, with the manifest; the city says which chunks it lacks
received     asked about after each new backup, until one holds it
wished       fetched chunk by chunk, each checked against the manifest that the record names
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec

from forms.engine.problem import Refused
from sync.crypto import envelope
from sync.crypto.keys import key_id
from sync.protocol import attachment
from sync.protocol.attachment import NAMED_MAX, OFFERED_MAX, Chunk, Fetch, Files, Stand
from sync.protocol.header import CLASSICAL, Header
from sync.store import attachments, chunks, settings
from sync.store.handle import Store
from sync.store.statements import Connection


class Due(msgspec.Struct, frozen=True):
    """Digests of the files that are to be spoken of, and what an ask says of them."""

    digests: list[bytes]
    files: Files


def upward(store: Store, done: Collection[bytes], most: int = NAMED_MAX) -> Due | None:
    """Say what is offered and asked about, but for what is `done` with; None for nothing."""
    with store.read() as conn:
        unsent = _some(
            conn.exec_driver_sql(
                "SELECT digest, manifest FROM attachment WHERE whole = 1 AND received = 0 "
                "ORDER BY made, digest"
            ),
            done,
            most,
        )
        doubtful = _some(
            conn.exec_driver_sql(
                "SELECT digest FROM attachment WHERE received = 1 AND durable = 0 AND asked < ? "
                "ORDER BY asked, digest",
                (settings.marks(conn).generation,),
            ),
            done,
            NAMED_MAX,
        )
    if not unsent and not doubtful:
        return None
    named = [row.digest for row in doubtful]
    files = Files([row.manifest for row in unsent], named, [])
    return Due([*(row.digest for row in unsent), *named], files)


def for_stick(store: Store, chunks_max: int) -> Due:
    """Say all that can be said of files at once, offering as many as so many chunks make."""
    due = upward(store, (), OFFERED_MAX) or Due([], Files())
    offered, count = [], 0
    for plain in due.files.offered:
        count += len(attachment.read(plain).chunks)
        if count > chunks_max:
            break
        offered.append(plain)
    wanted = [Fetch(digest, places) for digest, places in downward(store, (), NAMED_MAX)]
    return Due(due.digests, Files(offered, due.files.named, wanted))


def downward(store: Store, done: Collection[bytes], most: int = 1) -> list[tuple[bytes, list[int]]]:
    """List files that are wished with the places that are missing; none while that isn't known."""
    with store.read() as conn:
        rows = conn.exec_driver_sql(
            "SELECT digest, manifest FROM attachment WHERE wished = 1 AND whole = 0 "
            "ORDER BY made, digest"
        )
        return [
            (row.digest, _missing(conn, row.digest, row.manifest))
            for row in _some(rows, done, most)
        ]


def progress(store: Store, digest: bytes) -> tuple[bool, int]:
    """Tell whether a file's manifest is known here, and how many of its chunks are here."""
    with store.read() as conn:
        query = "SELECT length(manifest) FROM attachment WHERE digest = ?"
        known = conn.exec_driver_sql(query, (digest,)).scalar()
        query = "SELECT count(*) FROM chunk WHERE attachment = ?"
        return bool(known), conn.exec_driver_sql(query, (digest,)).scalar_one()


def enclosed(store: Store, digest: bytes, place: int) -> bytes | None:
    """Give a chunk as it travels; None where the disk has lost it."""
    content = attachments.chunk(store, digest, place)
    if content is None:
        return None
    desk = store.desk
    header = Header(
        kind="chunk",
        suite=CLASSICAL,
        writer=desk.device,
        reader=key_id(desk.server.seal),
        incarnation=desk.incarnation,
        seq=place,
        prev=digest,
        epoch=desk.epoch,
    )
    return envelope.enclose(content, header, sign=store.keys.sign)


def laid(store: Store, due: Due) -> Iterator[bytes]:
    """Give every chunk of the files that are offered, as they travel by stick."""
    for plain in due.files.offered:
        manifest = attachment.read(plain)
        for place in range(len(manifest.chunks)):
            content = enclosed(store, attachment.name_of(plain), place)
            if content is not None:
                yield content


def take(store: Store, stands: Sequence[Stand], came: Sequence[Chunk]) -> None:
    """Take what a signed answer says of files and brings of them; what was not asked is nothing."""
    if stands:
        with store.write() as conn:
            generation = settings.marks(conn).generation
            for stand in stands:
                _stand(conn, stand, generation)
    for chunk in came:
        _chunk(store, chunk)


def _stand(conn: Connection, stand: Stand, generation: int) -> None:
    """Note what the city has of a file; one that it lacks again is offered again."""
    conn.exec_driver_sql(
        "UPDATE attachment SET received = ?, durable = ?, asked = ? WHERE digest = ?",
        (stand.whole, stand.whole and stand.durable, generation, stand.digest),
    )
    if not stand.manifest or attachment.name_of(stand.manifest) != stand.digest:
        return
    try:
        size = attachment.read(stand.manifest).size
    except Refused:
        return
    conn.exec_driver_sql(
        "UPDATE attachment SET manifest = ?, size = ? WHERE digest = ? AND length(manifest) = 0",
        (stand.manifest, size, stand.digest),
    )


def _chunk(store: Store, came: Chunk) -> None:
    with store.read() as conn:
        row = _wished(conn, came.digest)
        if row is None or came.place not in _missing(conn, came.digest, row.manifest):
            return
    manifest = attachment.read(row.manifest)
    if not attachment.fits(manifest, came.place, came.content):
        return
    names = chunks.write(store, [came.content])
    with store.write() as conn:
        if _wished(conn, came.digest) is None:
            return  # it came another way; the file goes at the next start
        conn.exec_driver_sql(
            "INSERT OR IGNORE INTO chunk (attachment, place, name, size) VALUES (?, ?, ?, ?)",
            (came.digest, came.place, names[0], len(came.content)),
        )
        if not _missing(conn, came.digest, row.manifest):
            conn.exec_driver_sql(
                "UPDATE attachment SET whole = 1, wished = 0, made = ? WHERE digest = ?",
                (store.now(), came.digest),
            )


def _wished(conn: Connection, digest: bytes) -> Any:
    return conn.exec_driver_sql(
        "SELECT manifest FROM attachment WHERE digest = ? AND wished = 1 AND whole = 0 "
        "AND length(manifest) > 0",
        (digest,),
    ).first()


def _missing(conn: Connection, digest: bytes, manifest: bytes) -> list[int]:
    if not manifest:
        return []
    here = set(
        conn.exec_driver_sql("SELECT place FROM chunk WHERE attachment = ?", (digest,)).scalars()
    )
    return [place for place in range(len(attachment.read(manifest).chunks)) if place not in here]


def _some(rows: Any, done: Collection[bytes], most: int) -> list[Any]:
    found = []
    for row in rows:
        if row.digest not in done:
            found.append(row)
            if len(found) == most:
                break
    return found
