"""The people of the office, by their records of the internal service office/operator."""

import hashlib
from collections.abc import Sequence

from sync.store.case import Case
from sync.store.handle import Operator
from sync.store.statements import Connection

SERVICE = "office/operator"
WORKING = "active"  # the state of somebody who has not left


def put(conn: Connection, name: bytes, shown: str, roles: Sequence[str]) -> None:
    """Note an operator's name and roles; who has left has none."""
    conn.exec_driver_sql(
        "INSERT INTO operator (id, name, roles) VALUES (?, ?, ?) "
        "ON CONFLICT (id) DO UPDATE SET name = excluded.name, roles = excluded.roles",
        (name, shown, ",".join(roles)),
    )


def follow(conn: Connection, cases: Sequence[Case]) -> None:
    """Note what records of operators say now."""
    for case in cases:
        if case.service == SERVICE:
            roles = case.answers.get("peran", ())
            listed = [roles] if isinstance(roles, str) else list(roles)
            put(
                conn,
                case.id,
                str(case.answers.get("nama", "")),
                listed if case.state in {"", WORKING} else [],
            )


def named(conn: Connection, name: str) -> Operator | None:
    """Find an operator who works here by name, as it is typed at the door."""
    wanted = _typed(name)
    for row in conn.exec_driver_sql("SELECT id, name, roles FROM operator"):
        if _typed(row.name) == wanted and row.roles:
            return Operator(row.id, row.name, tuple(row.roles.split(",")))
    return None


def names(conn: Connection) -> dict[bytes, str]:
    """Map every known operator to their name."""
    return {row.id: row.name for row in conn.exec_driver_sql("SELECT id, name FROM operator")}


def everybody(conn: Connection) -> list[tuple[Operator, bool]]:
    """List the operators, each with whether they can sign in on this laptop."""
    rows = conn.exec_driver_sql("SELECT id, name, roles, slot FROM operator ORDER BY name")
    return [
        (
            Operator(row.id, row.name, tuple(filter(None, row.roles.split(",")))),
            row.slot is not None,
        )
        for row in rows
    ]


def give_slot(conn: Connection, name: bytes, slot: bytes | None) -> None:
    """Remember which key slot is an operator's, by its digest; None takes it away."""
    digest = None if slot is None else slot_digest(slot)
    conn.exec_driver_sql("UPDATE operator SET slot = ? WHERE id = ?", (digest, name))


def slot_of(conn: Connection, name: bytes, slots: Sequence[bytes]) -> int | None:
    """Find the place of an operator's key slot."""
    query = "SELECT slot FROM operator WHERE id = ?"
    digest = conn.exec_driver_sql(query, (name,)).scalar()
    places = [at for at, slot in enumerate(slots) if slot_digest(slot) == digest]
    return places[0] if places else None


def slot_digest(slot: bytes) -> bytes:
    """Name a slot without keeping it twice."""
    return hashlib.sha256(slot).digest()


def _typed(name: str) -> str:
    return " ".join(name.split()).casefold()
