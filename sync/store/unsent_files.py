"""Attachments that only this laptop has: they go into its backup, and over from a replaced store.

Others are not in a backup: the city has them, and a restored laptop fetches what is opened.
"""

from pathlib import Path

from sync.store import attachments, chunks
from sync.store.handle import CHUNKS, Store
from sync.store.statements import Connection

_UNSENT = (
    "SELECT a.digest, a.manifest, a.plain, a.file_key, c.place, c.name FROM attachment a "
    "JOIN chunk c ON c.attachment = a.digest WHERE a.whole = 1 AND a.received = 0 "
    "ORDER BY a.digest, c.place"
)


def paths(store: Store) -> list[Path]:
    """List the chunks of files that the city has not said to have."""
    with store.read() as conn:
        names = [row.name for row in conn.exec_driver_sql(_UNSENT)]
    return [path for path in (store.folder / CHUNKS / name for name in names) if path.is_file()]


def gather(store: Store, conn: Connection, other: Connection, beside: Path) -> None:
    """Take over what another store of this laptop's had whole and this one lacks, as copies."""
    found: dict[bytes, list[tuple[bytes, bytes, bytes, bytes]]] = {}
    for digest, manifest, plain, key, _place, name in other.exec_driver_sql(_UNSENT):
        path = beside / CHUNKS / name
        content = path.read_bytes() if path.is_file() else b""
        found.setdefault(digest, []).append((manifest, plain, key, content))
    for digest, parts in found.items():
        query = "SELECT 1 FROM attachment WHERE digest = ? AND (whole = 1 OR received = 1)"
        known = conn.exec_driver_sql(query, (digest,)).first() is not None
        if known or not all(content for *_, content in parts):
            continue
        manifest, plain, key, _ = parts[0]
        names = chunks.write(store, [content for *_, content in parts])
        sealed = attachments.Sealed(digest, manifest, plain, key, names)
        attachments.Brought({}, [sealed]).keep(store, conn)
