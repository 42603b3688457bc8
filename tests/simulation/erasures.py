"""People are erased: nothing of theirs is left anywhere, and it stays so after a restore.

at rest   what somebody typed about them is in no table of the city nor of a desk that travelled
          an entry of the list is carried out by every desk that may speak
"""

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from sync.server import erasure, erasure_tables, tables
from sync.server.city import City
from sync.server.erasure import Asked
from tests.simulation.office import ADMINISTRATOR, at_city
from tests.simulation.pattern import LETTER, RESIDENT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.simulation.world import World

WHY, GROUND = "Permohonan yang bersangkutan", "UU 27/2022"
OWN = re.compile(r"Kenari \D+\d* \d+|0812\d{8}|Jalan \d+")  # what is typed about one only
TOGETHER = 0.5  # how often a resident's letters go as well


def erase(world: "World") -> None:
    """Let the administrator erase somebody, or one letter."""
    found = _choose(world)
    if found is None:
        return
    whole = world.chance.random() < TOGETHER
    asked = Asked(found, WHY, GROUND, whole=whole, despite=True)
    world.trace.add("erase", found, whole)
    done: list[erasure.Done] = []
    at_city(world, lambda: done.append(erasure.erase(world.city, asked, ADMINISTRATOR)))
    world.model.erased |= {line.record for one in done for line in one.plan.lines}


def _choose(world: "World") -> bytes | None:
    table, city = tables.record, world.city
    with city.database.read() as connection:
        rows = connection.scalars(
            select(table.c.id)
            .where(table.c.region == city.code, table.c.service.in_((RESIDENT, LETTER)))
            .order_by(table.c.added, table.c.id)
        ).all()
    return world.chance.choice(rows) if rows else None


def names(city: City) -> set[bytes]:
    """Name the records that the city has erased."""
    table = erasure_tables.erased
    with city.database.read() as connection:
        return set(connection.scalars(select(table.c.record).where(table.c.region == city.code)))


def at_rest(world: "World") -> None:
    """Check that nothing is left of them."""
    gone = names(world.city)
    forgotten = world.model.erased - gone
    assert not forgotten or world.model.was_put_back, "erased: somebody is there again"
    if not gone:
        return
    typed = _typed(world, gone)
    for laptop in world.laptops:
        with laptop.store.read() as conn:
            listed = conn.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
            rows = (
                conn.exec_driver_sql(f"SELECT * FROM {name}")  # noqa: S608 - names of the schema
                for name in listed.scalars().all()
                if name != "search_text"
            )
            left = _left(typed, (value for some in rows for row in some for value in row))
        assert not left, f"erased: {laptop.name} still has {left}"
    with world.city.database.read() as connection:
        told = (connection.execute(select(table)) for table in tables.region.metadata.sorted_tables)
        left = _left(typed, (value for some in told for row in some for value in row))
    assert not left, f"erased: the city still has {left}"
    _is_carried_out(world)


def _typed(world: "World", gone: set[bytes]) -> set[str]:
    """Tell what was typed about these records and about no other."""
    said: dict[bool, set[str]] = {True: set(), False: set()}
    for change in world.model.changes.values():
        said[change.target in gone].update(map(str, change.body.answers.values()))
    return {one for one in said[True] - said[False] if OWN.fullmatch(one)}


def _is_carried_out(world: "World") -> None:
    living = {laptop.device for laptop in world.laptops}
    for proof in erasure.proofs(world.city):
        late = [one.device for one in proof.outstanding if one.device in living]
        assert not late, f"erased: entry {proof.entry.number} is not carried out by {late}"


def _left(typed: set[str], values: "Iterable[Any]") -> list[str]:
    dump = b"\0".join(v if isinstance(v, bytes) else str(v).encode() for v in values)
    return [
        said for said in sorted(typed) if re.search(re.escape(said).encode() + rb"(?!\d)", dump)
    ]
