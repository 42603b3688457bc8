"""Letter templates and letterheads, kept once under the SHA-256 of their text."""

import hashlib
from collections.abc import Iterable, Mapping

from forms.engine.problem import Problem, Refused
from sync.store.statements import Connection


def put(conn: Connection, texts: Mapping[str, str]) -> None:
    """Keep texts; Refused(text_digest) for one that is not what its name says."""
    for digest, text in texts.items():
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            raise Refused(Problem("text_digest"))
    if texts:
        conn.exec_driver_sql(
            "INSERT OR IGNORE INTO text (digest, text) VALUES (?, ?)", list(texts.items())
        )


def get(conn: Connection, digests: Iterable[str]) -> dict[str, str]:
    """Give the texts that are here of those asked for."""
    found = {}
    for digest in digests:
        text = conn.exec_driver_sql("SELECT text FROM text WHERE digest = ?", (digest,)).scalar()
        if text is not None:
            found[digest] = str(text)
    return found
