"""Files attached to records: brought in, told of, fetched, let go.

    attached   chunks on the disk -> the record's change and this file's rows in one transaction
    unsent     offered after the records until the city says that it has every chunk
    received   kept until durable; a city that was put back is offered it again
    durable    may go, oldest first, when this laptop keeps more than QUOTA; the record stays
    wished     somebody opened one that is not here: fetched by the next trip

A file that was attached before is the same file again: only within this laptop's office, for
elsewhere nobody may learn that it is there.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from forms.engine.answers import Value
from forms.engine.form import Form
from forms.engine.kinds.attachment import FILE_MAX
from forms.engine.problem import Problem, Refused
from sync.crypto import stream
from sync.protocol import attachment
from sync.store import chunks, foreign_file
from sync.store.handle import Store
from sync.store.statements import Connection

QUOTA = 2 * 1024**3  # bytes; soft: attaching is never refused for it
WARNED = 0.8  # of it

_PATH = frozenset({"file"})


class Sealed(NamedTuple):
    """A file whose chunks lie on the disk; no row names them yet."""

    digest: bytes
    manifest: bytes
    plain: bytes
    key: bytes
    names: list[str]


class Brought(msgspec.Struct, frozen=True):
    """Answers whose paths have become references, and the files that are to be kept with them."""

    answers: Mapping[str, Any]
    sealed: list[Sealed]

    def keep(self, store: Store, conn: Connection) -> None:
        """Name the files in the caller's transaction, which saves the record that cites them."""
        for file in self.sealed:
            manifest = attachment.read(file.manifest)
            conn.exec_driver_sql("DELETE FROM chunk WHERE attachment = ?", (file.digest,))
            conn.exec_driver_sql(
                "INSERT INTO attachment (digest, manifest, size, plain, file_key, made, whole, "
                "received, durable, asked, wished) VALUES (?, ?, ?, ?, ?, ?, 1, 0, 0, 0, 0) "
                "ON CONFLICT (digest) DO UPDATE SET whole = 1, wished = 0",
                (
                    file.digest,
                    file.manifest,
                    manifest.size,
                    file.plain,
                    file.key,
                    store.now(),
                ),
            )
            _note_chunks(conn, file.digest, manifest, enumerate(file.names))


class Held(msgspec.Struct, frozen=True):
    """Files that only this laptop has, their bytes, and whether the chunks here near the quota."""

    unsent: int
    unsent_bytes: int
    nearly_full: bool


@contextmanager
def brought(store: Store, form: Form, answers: Mapping[str, Any]) -> Iterator[Brought]:
    """Seal the files that answers name as {"file": PATH, "preview"?}, for the block that saves.

    In place of a path the content itself may stand, as bytes: then it never lies in the clear.
    What the block doesn't keep is gone at its end. Refused(attachment_missing | attachment_no_file
    | attachment_unsteady | attachment_too_large | attachment_type | disk_full | disk_failed).
    """
    sealed: list[Sealed] = []
    try:
        given = {
            key: _reference(store, key, value, sealed) if _is_path(form, key, value) else value
            for key, value in answers.items()
        }
        yield Brought(given, sealed)
    finally:
        names = {name for file in sealed for name in file.names}
        chunks.drop(store, names - chunks.named(store, names))


def opened(store: Store, reference: Value) -> bytes:
    """Give a file's content.

    Refused(attachment_none) for an answer without a file, (attachment_awaited) where it is not
    here: then the next trip fetches it; (attachment_damaged) where it doesn't open.
    """
    if not isinstance(reference, dict) or not attachment.cited({"": reference}):
        raise Refused(Problem("attachment_none"))
    digest = bytes.fromhex(str(reference["file"]))
    with store.read() as conn:
        row = _row(conn, digest)
        count = len(attachment.read(row.manifest).chunks) if row and row.whole else 0
    sealed = [chunk(store, digest, place) for place in range(count)]
    whole = [content for content in sealed if content is not None]
    if not count or len(whole) < count:
        _wish(store, digest)
        raise Refused(Problem("attachment_awaited"))
    try:
        return stream.open_chunks(
            whole, bytes.fromhex(str(reference["key"])), int(str(reference["size"]))
        )
    except (Refused, ValueError) as error:
        raise Refused(Problem("attachment_damaged")) from error


def chunk(store: Store, digest: bytes, place: int) -> bytes | None:
    """Read a sealed chunk; None, and to be fetched anew, where the disk has lost or changed it."""
    with store.read() as conn:
        row = _row(conn, digest)
        name = conn.exec_driver_sql(
            "SELECT name FROM chunk WHERE attachment = ? AND place = ?", (digest, place)
        ).scalar()
    if row is None or name is None:
        return None
    content = chunks.read(store, name)
    if content is not None and attachment.fits(attachment.read(row.manifest), place, content):
        return content
    with store.write() as conn:
        conn.exec_driver_sql("DELETE FROM chunk WHERE name = ?", (name,))
        conn.exec_driver_sql(
            "UPDATE attachment SET whole = 0, wished = 1 WHERE digest = ?", (digest,)
        )
    chunks.drop(store, [name])
    return None


def held(conn: Connection) -> Held:
    """Tell what is only here."""
    count, size = conn.exec_driver_sql(
        "SELECT count(*), coalesce(sum(size), 0) FROM attachment WHERE whole = 1 AND received = 0"
    ).one()
    return Held(count, size, _kept_bytes(conn) >= QUOTA * WARNED)


def evict(store: Store, quota: int = QUOTA) -> int:
    """Let go of files that the city has in a backup, oldest first, until the rest is in the quota.

    Return how many went.
    """
    with store.read() as conn:
        over = _kept_bytes(conn) - quota
        rows = spare(conn) if over > 0 else []
    going = []
    for digest, size in rows:
        if over <= 0:
            break
        going.append(digest)
        over -= size
    return let_go(store, going)


def spare(conn: Connection, before: int | None = None) -> list[tuple[bytes, int]]:
    """List the files that the city has in a backup, oldest first, with their sizes.

    With `before`, only those that were attached or asked for before that time.
    """
    return [
        (digest, size)
        for digest, size in conn.exec_driver_sql(
            "SELECT digest, size FROM attachment WHERE whole = 1 AND received = 1 AND durable = 1 "
            "AND (? IS NULL OR made < ?) ORDER BY made, digest",
            (before, before),
        )
    ]


def let_go(store: Store, digests: Sequence[bytes]) -> int:
    """Let these files go, but for what the city has not, or not in a backup; give how many went."""
    gone: list[str] = []
    count = 0
    if not digests:
        return 0
    with store.write() as conn:
        for digest in digests:
            freed = conn.exec_driver_sql(
                "UPDATE attachment SET whole = 0 WHERE digest = ? AND whole = 1 AND received = 1 "
                "AND durable = 1 RETURNING digest",
                (digest,),
            ).first()
            if freed is None:
                continue
            found = conn.exec_driver_sql(
                "DELETE FROM chunk WHERE attachment = ? RETURNING name", (digest,)
            )
            gone += found.scalars().all()
            count += 1
    chunks.drop(store, gone)
    return count


def _kept_bytes(conn: Connection) -> int:
    return int(conn.exec_driver_sql("SELECT coalesce(sum(size), 0) FROM chunk").scalar_one())


def _is_path(form: Form, key: str, value: object) -> bool:
    field = form.fields.get(key)
    return (
        field is not None
        and field.kind == "attachment"
        and isinstance(value, dict)
        and value.keys() - {"preview"} == _PATH
    )


def _reference(
    store: Store, key: str, given: Mapping[str, Any], sealed: list[Sealed]
) -> dict[str, Any]:
    """Seal one file unless it is here already, and say what stands for it in the answers."""
    content = _content(key, given["file"])
    plain = hashlib.sha256(content).digest()
    known = next((file for file in sealed if file.plain == plain), None)
    with store.read() as conn:
        row = conn.exec_driver_sql(
            "SELECT digest, file_key, whole FROM attachment WHERE plain = ?", (plain,)
        ).first()
    if known is not None:
        digest, secret = known.digest, known.key
    elif row is not None and row.whole:
        digest, secret = row.digest, row.file_key
    else:
        # One that was let go is sealed again under its key: the same content, the same bytes.
        secret = row.file_key if row is not None else stream.make_key()
        parts = stream.seal(content, secret)
        manifest = attachment.describe(parts)
        digest = attachment.name_of(manifest)
        sealed.append(Sealed(digest, manifest, plain, secret, chunks.write(store, parts)))
    said = {
        "file": digest.hex(),
        "size": len(content),
        "type": attachment.type_of(content),
        "key": secret.hex(),
    }
    return said | ({"preview": given["preview"]} if given.get("preview") else {})


def _content(key: str, given: object) -> bytes:
    """Give what is to be attached, read where a path names it; its first bytes say what it is."""
    if isinstance(given, bytes):
        content = given
    else:
        try:
            content = foreign_file.read(Path(str(given)), FILE_MAX).content
        except Refused as error:
            problems = (Problem(one.code, key, one.facts) for one in error.problems)
            raise Refused(*problems) from error
    if len(content) > FILE_MAX:
        raise Refused(Problem("attachment_too_large", key, {"max": FILE_MAX // 1_000_000}))
    if not attachment.type_of(content):
        raise Refused(Problem("attachment_type", key))
    return content


def _note_chunks(
    conn: Connection,
    digest: bytes,
    manifest: attachment.Manifest,
    names: Iterable[tuple[int, str]],
) -> None:
    conn.exec_driver_sql(
        "INSERT INTO chunk (attachment, place, name, size) VALUES (?, ?, ?, ?)",
        [(digest, place, name, manifest.length(place)) for place, name in names],
    )


def _wish(store: Store, digest: bytes) -> None:
    with store.write() as conn:
        conn.exec_driver_sql(
            "INSERT INTO attachment (digest, manifest, size, plain, file_key, made, whole, "
            "received, durable, asked, wished) VALUES (?, x'', 0, x'', x'', ?, 0, 0, 0, 0, 1) "
            "ON CONFLICT (digest) DO UPDATE SET wished = 1 WHERE whole = 0",
            (digest, store.now()),
        )


def _row(conn: Connection, digest: bytes) -> Any:
    return conn.exec_driver_sql(
        "SELECT manifest, whole, received, wished FROM attachment WHERE digest = ?", (digest,)
    ).first()
