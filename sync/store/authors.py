"""Who wrote a change, as far as it is known here."""

from collections.abc import Iterable

import msgspec

from sync.protocol import settle as settling
from sync.store import kept, staff
from sync.store.handle import Store
from sync.store.statements import Connection


class Author(msgspec.Struct, frozen=True):
    """Operator, office and time by their clock; of other offices' people no name is kept here.

    `operator` may also be the administrator who settled at the server.
    """

    operator: str
    office: str
    time: int


def wrote(store: Store, conn: Connection, changes: Iterable[bytes]) -> dict[bytes, Author]:
    """Map those changes that are here to who wrote them."""
    names = staff.names(conn)
    found = {}
    for name in changes:
        query = "SELECT plain FROM change WHERE id = ?"
        plain = conn.exec_driver_sql(query, (name,)).scalar()
        if plain is None:
            continue
        change = kept.unpack(plain, name)
        said = settling.said_by(change)
        operator = names.get(change.operator, "") or (said.by if said else "")
        office = store.desk.office.code if change.operator in names else ""
        found[name] = Author(operator, office, change.time)
    return found
