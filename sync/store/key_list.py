"""The keys by which an office's people sign: whose, since when, by whose word, until when."""

from collections.abc import Mapping
from typing import Any

import msgspec

from sync.protocol import authorship
from sync.protocol.change import STATE, Change
from sync.store import kept, staff
from sync.store.case import ORIGIN, Case, decode
from sync.store.handle import Store
from sync.store.statements import Connection

VOUCH = "vouch"


class Key(msgspec.Struct, frozen=True):
    """An operator's key: whose, from which laptop, and whether what it signs counts.

    `since` and `ended` are ms, 0 where this laptop was not told of the act or there is none;
    `vouched_by` names who else said whose it is, "" for nobody; `actions` may be done with it now.
    """

    id: bytes
    operator: str
    device: str
    state: str
    counts: bool
    since: int = 0
    vouched_by: str = ""
    ended: int = 0
    ended_by: str = ""
    reason: str = ""
    actions: tuple[str, ...] = ()


def keys(store: Store) -> list[Key]:
    """List the keys of the office's people, the oldest first."""
    form = store.catalogue.form(authorship.SERVICE)
    with store.read() as conn:
        people = staff.names(conn)
        return [
            _key(
                conn,
                case,
                people,
                tuple(row.action for row in form.machine.allowed(case.state, store.operator.roles)),
            )
            for case in _keys(conn)
        ]


def every_key(conn: Connection) -> dict[bytes, dict[str, Any]]:
    """Map the names of the keys that are known here to what their records say."""
    return {case.id: case.answers for case in _keys(conn)}


def _keys(conn: Connection) -> list[Case]:
    query = "SELECT plain FROM record WHERE service = ? ORDER BY n"
    return [decode(plain) for plain in conn.exec_driver_sql(query, (authorship.SERVICE,)).scalars()]


def _key(
    conn: Connection, case: Case, people: Mapping[bytes, str], actions: tuple[str, ...]
) -> Key:
    owner = bytes.fromhex(str(case.answers.get(authorship.OWNER, "")))
    begun, code = _act(conn, case.heads[ORIGIN])
    last, _ = _act(conn, case.head(STATE))
    ended = case.state == authorship.ENDED_STATE
    by = last if case.state == authorship.VOUCHED else begun
    counts = case.state == authorship.VOUCHED or (case.state == authorship.BROUGHT and not code)
    return Key(
        id=case.id,
        operator=people.get(owner, ""),
        device=str(case.answers.get(authorship.DEVICE, "")),
        state=case.state,
        counts=counts,
        since=begun.time if begun is not None else 0,
        vouched_by=_other(by, owner, people) if counts or ended else "",
        ended=last.time if ended and last is not None else 0,
        ended_by=people.get(last.operator, "") if ended and last is not None else "",
        reason=last.body.reason if ended and last is not None else "",
        actions=actions,
    )


def _other(change: Change | None, owner: bytes, people: Mapping[bytes, str]) -> str:
    """Name who did something with a key that is not theirs."""
    return people.get(change.operator, "") if change and change.operator != owner else ""


def _act(conn: Connection, name: bytes) -> tuple[Change | None, str]:
    """Read an act with its code; a laptop that began with a snapshot has not all of them."""
    query = "SELECT plain, code FROM change WHERE id = ?"
    row = conn.exec_driver_sql(query, (name,)).first()
    return (None, "") if row is None else (kept.unpack(row.plain, name), row.code)
