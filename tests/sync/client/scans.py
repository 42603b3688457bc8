"""Scans for tests: files that look like pictures, and records that cite them."""

import hashlib
from pathlib import Path
from typing import Any

from sync.store import attachments, read, records
from sync.store.handle import Store
from tests.sync.client.road import filled

SERVICE = "letters/surat_keterangan_tidak_mampu"
JPEG = b"\xff\xd8\xff\xe0"
CHUNK = 256 * 1024


def picture(size: int, seed: str = "a") -> bytes:
    """Make a picture's bytes, the same for the same seed, none of them like another's."""
    return (JPEG + hashlib.shake_256(seed.encode()).digest(size))[:size]


def scan(folder: Path, size: int, seed: str = "a") -> Path:
    path = folder / f"KTP {seed}.jpg"
    path.write_bytes(picture(size, seed))
    return path


def paper(store: Store) -> str:
    """Name the first answer of the service that takes a paper."""
    fields = store.catalogue.form(SERVICE).fields.values()
    return next(field.key for field in fields if field.kind == "attachment")


def begun(store: Store, path: Path, **answers: Any) -> bytes:
    """Begin a letter with a scan."""
    said = filled(store, SERVICE) | {paper(store): {"file": str(path)}} | answers
    return records.new(store, SERVICE, said).record


def reference(store: Store, record: bytes) -> dict[str, Any]:
    value = read.record(store, record).answers[paper(store)]
    assert isinstance(value, dict)
    return value


def content(store: Store, record: bytes) -> bytes:
    return attachments.opened(store, reference(store, record))
