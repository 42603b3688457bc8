"""What the region and its offices are now, changed by administrators and told to desks.

A region's new files count for everything from then on: what letters bear, how they are numbered,
which services are offered. Nothing that was printed changes. A desk hears of it with the next
answer, by any road.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec
from sqlalchemy import Connection, select, update

from forms.engine.problem import Problem, Refused
from forms.engine.region import Region
from sync.crypto import signed
from sync.protocol import policy, wire
from sync.protocol.policy import Policy
from sync.protocol.stream import Signed
from sync.server import audit, offices, tables
from sync.server.city import City
from sync.server.holding import areas

APPLIED = "region_applied"  # in the audit


class Applied(msgspec.Struct, frozen=True):
    """What became of a region file: the policy's number, and whether it said anything new."""

    number: int
    is_new: bool


def apply(city: City, file: Path, by: str) -> Applied:
    """Go by another region file from now on.

    Refused with what is wrong in it, or (region_other) where it is another region's, or with an
    area_needed for each area in which an office lies, or which it serves, that the file leaves out.
    """
    return take(city, Region.read(file), by)


def take(city: City, region: Region, by: str, *, over: bytes = b"") -> Applied:
    """Go by another region from now on, refused as `apply` is.

    With `over` it was decided by files of that digest: Refused(region_moved) where others count.
    """
    with city.database.write() as connection:
        city.know_region(connection)
        check(connection, city, region)
        if over not in (b"", city.pack_digest):
            raise Refused(Problem("region_moved"))
        pack = region.pack()
        if pack == city.region.pack():
            return Applied(city.policy, is_new=False)
        table = tables.region
        connection.execute(
            update(table).where(table.c.region == city.code).values(pack=wire.encode(pack))
        )
        number = city.raise_policy(connection)
        digest = policy.digest(pack).hex()
        audit.note(connection, city, by, APPLIED, policy=str(number), digest=digest)
    with city.database.read() as connection:
        city.know_region(connection)
    return Applied(number, is_new=True)


def check(connection: Connection, city: City, region: Region) -> None:
    """Refuse another region's files, and a list without an area that an office needs."""
    if region.code != city.code:
        raise Refused(Problem("region_other", facts={"region": region.code, "here": city.code}))
    missing = list(_missing(connection, city, region))
    if missing:
        raise Refused(*missing)


def told(connection: Connection, city: City, office: bytes, known: bytes) -> Signed | None:
    """Tell a desk of an office what it is to go by, where it names something else.

    A desk of a version before names nothing, and couldn't read it.
    """
    if not known:
        return None
    shape = offices.shape(offices.by_id(connection, city.code, office))
    name = policy.named(city.pack_digest, shape)
    if name == known:
        return None
    said = Policy(name, city.epoch, city.policy, shape, city.region.pack())
    return signed.sign(wire.encode(said), city.keys.sign, "policy")


def _missing(connection: Connection, city: City, region: Region) -> Iterable[Problem]:
    """Name areas that offices need and a region's list doesn't have."""
    table = tables.office
    rows = connection.execute(
        select(table.c.code, table.c.area, table.c.catchment)
        .where(table.c.region == city.code)
        .order_by(table.c.code)
    )
    for row in rows:
        for area in dict.fromkeys((row.area, *areas(row.catchment))):
            if not region.areas.knows(area):
                yield Problem("area_needed", facts={"office": row.code, "region": area})
