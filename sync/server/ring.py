"""The keys of an open city: what it signs and seals with, and what else it opens and believes."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, select

from forms.engine.problem import Problem, Refused
from sync.crypto import signed, wrap
from sync.crypto.keys import RegionKeys, key_id
from sync.crypto.signed import Domain
from sync.protocol import wire
from sync.protocol.enrol import ServerKeys
from sync.protocol.stream import Signed
from sync.protocol.trust import REFUSED
from sync.server import bulk, tables
from sync.server.key_tables import city_key, key_list

KEYS_CONTEXT = b"teras/region keys/1"
OLD_KEY_CONTEXT = b"teras/region key/1"
DAY_MS = 86_400_000
QUARTER_MS = 91 * DAY_MS  # a sealing key's time: erased records stay readable no longer than needed
# A retired key still opens what was on the way: 90 days for which desks keep sealed bytes to send
# them again, and 90 for which a laptop may be away. Desks keep changes 15 months, and what nobody
# received for ever, so what comes later still is sealed anew, and nothing is lost.
KEEP_MS = 180 * DAY_MS
# A clock that leaps destroys nothing for good: batches came on so many days of it since. A wrong
# one is noticed long before, since every desk then asks for the day.
WITNESS_DAYS = 10
NEVER = 1 << 62


class Ring(msgspec.Struct, frozen=True):
    """The keys as the list of this number says them, 0 before the first one.

    `private` opens, by key id; `readers` are the ids of all sealing keys that ever were; `signs`
    are public and believed, the present one first, `lost` are not any more, each since some ms. The
    present sealing key `began` and `due` is the next destruction, both in ms.
    """

    keys: RegionKeys
    public: ServerKeys
    number: int
    listed: Signed | None
    private: Mapping[bytes, bytes]
    readers: frozenset[bytes]
    signs: tuple[bytes, ...]
    lost: Mapping[bytes, int]
    began: int
    due: int

    def is_due(self, now: int) -> bool:
        """Tell whether the city is to change something of itself."""
        return now >= self.due or is_worn(self.began, now)

    def opener(self, reader: bytes) -> bytes:
        """Give the private key of a message's reader; Refused(key_gone)."""
        found = self.private.get(reader)
        if found is None:
            raise Refused(Problem(REFUSED))
        return found

    def counts(self, said: Signed, domain: Domain) -> bool:
        """Check our own old word; False where only a key that somebody may have vouches for it.

        What doesn't count is let be: who shows it holds what we said in good faith.
        Refused(signature_wrong).
        """
        try:
            signed.check_any(said, self.signs, domain)
        except Refused:
            signed.check_any(said, tuple(self.lost) or self.signs, domain)
            return False
        return True

    def proves(self, said: Signed, domain: Domain, began: int) -> bool:
        """Check our own word of an epoch that began then, as proof that we said something at all.

        A key that was lost later still proves that, though what it says is not taken: nobody had it
        in whose interest it is that we forget. One that was lost before proves nothing, so who has
        it makes a city begin anew once at most. Refused(signature_wrong).
        """
        if self.counts(said, domain):
            return True
        later = [public for public, since in self.lost.items() if since >= began]
        return any(_holds(said, public, domain) for public in later)


def load(connection: Connection, region: str, wrapped: bytes, secret: bytes) -> Ring:
    """Read the keys; `wrapped` are the present ones as the region's row has them."""
    keys = wire.decode(wrap.unwrap(wrapped, secret, KEYS_CONTEXT), RegionKeys)
    public = keys.public()
    rows = connection.execute(
        select(city_key).where(city_key.c.region == region).order_by(city_key.c.began.desc())
    ).all()
    private, due, began = {key_id(public.seal): keys.seal}, NEVER, 0
    signs, lost = [public.sign], dict[bytes, int]()
    for row in rows:
        if row.use == "sign" and row.public != public.sign:
            if row.gone:
                lost[row.public] = row.gone
            else:
                signs.append(row.public)
        elif row.public == public.seal:
            began = row.began
        elif row.private:
            private[key_id(row.public)] = wrap.unwrap(row.private, secret, OLD_KEY_CONTEXT)
            due = min(due, row.retired + KEEP_MS)
    readers = {key_id(row.public) for row in rows if row.use == "seal"} | private.keys()
    latest, listed = newest(connection, region)
    return Ring(
        keys, public, latest, listed, private, frozenset(readers), tuple(signs), lost, began, due
    )


def _holds(said: Signed, public: bytes, domain: Domain) -> bool:
    try:
        signed.check(said, public, domain)
    except Refused:
        return False
    return True


def is_worn(began: int, now: int) -> bool:
    """Tell whether a sealing key has had its quarter, or began by a clock that was ahead."""
    return not began - DAY_MS <= now < began + QUARTER_MS


def newest(connection: Connection, region: str) -> tuple[int, Signed | None]:
    """Read the newest list; 0 and None before the first."""
    columns = ("number", "content")
    found = bulk.highest(connection, key_list, columns, {"region": region}, "number")
    return (0, None) if found is None else (found.number, wire.decode(found.content, Signed))


def number(connection: Connection, region: str) -> int:
    """Read the newest list's number alone; each exchange looks whether it is still its own."""
    row = bulk.highest(connection, key_list, ("number",), {"region": region}, "number")
    return 0 if row is None else row.number


def wrapped_keys(connection: Connection, region: str) -> bytes:
    """Read the present private keys as they are kept."""
    table = tables.region
    query = select(table.c["keys"]).where(table.c.region == region)
    return bytes(connection.execute(query).scalar_one())
