"""Much is taken away at once: a person decides, at the city and at the desks that would lose it.

at rest   nothing waits for a person any more: what was released is done, what was refused is back
          with its author, everywhere alike
          nobody took more away in a day than a guard lets pass
"""

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from sync.protocol import guard as bound
from sync.server import guard, tables
from sync.server import removals as city_removals
from sync.server.removal_tables import removal
from sync.store import read, removals
from tests.simulation import acts
from tests.simulation.office import ADMINISTRATOR, at_city
from tests.simulation.pattern import LETTER, RESIDENT

if TYPE_CHECKING:
    from tests.simulation.laptop import Laptop
    from tests.simulation.world import World

MANY = 5  # records that somebody takes away in one go, at most
RELEASED = 0.6
CITY_FLOOR = 3  # what one laptop may take away in a day of such a run


def clear_out(world: "World") -> None:
    """Let a clerk take away many records, to nowhere or to another office."""
    laptop = world.chance.choice(world.laptops)
    areas = sorted({one.store.desk.office.area for one in world.laptops})
    abroad = [area for area in areas if area != laptop.store.desk.office.area]
    with laptop.working():
        world.endanger()
        if abroad and world.chance.random() < 0.5:
            for found in read.listing(laptop.store, RESIDENT)[: world.chance.randint(2, MANY)]:
                acts.retype(laptop, found.id, "kelurahan", world.chance.choice(abroad))
        else:
            _end(laptop)
    world.trace.add("cleared out", laptop.name)
    world.travel(laptop)


def _end(laptop: "Laptop") -> None:
    for service in (RESIDENT, LETTER):
        gone = laptop.store.catalogue.form(service).machine.gone
        for found in read.listing(laptop.store, service)[:MANY]:
            steps = laptop.store.catalogue.form(service).machine.allowed(
                found.state, laptop.store.operator.roles
            )
            ends = [one.action for one in steps if one.target in gone]
            if ends:
                acts.step(laptop, found.id, laptop.world.chance.choice(ends))


def decide(world: "World") -> None:
    """Let the administrator decide about some of what waits, and a head about all."""
    waiting = [one.change for one in city_removals.listing(world.city)]
    if waiting:
        some = world.chance.sample(waiting, world.chance.randint(1, len(waiting)))
        _decided(world, some)
    laptop = world.chance.choice(world.laptops)
    if removals.listing(laptop.store):
        with laptop.working():
            world.endanger()
            laptop.attempt(lambda: removals.confirm(laptop.store))
        world.trace.add("confirmed", laptop.name)


def settle(world: "World") -> None:
    """Decide about everything that waits."""
    if city_removals.listing(world.city):
        _decided(world, [])
    for laptop in world.laptops:
        if removals.listing(laptop.store):
            with laptop.working():
                laptop.attempt(lambda where=laptop: removals.confirm(where.store))  # type: ignore[misc] # one of the loop


def at_rest(world: "World") -> None:
    """Check that nothing waits for anybody."""
    assert not city_removals.listing(world.city), "I10: a removal waits at the city"
    for laptop in world.laptops:
        assert not removals.listing(laptop.store), f"I10: a removal waits at {laptop.name}"
        with laptop.store.read() as conn:
            most = bound.allowed(conn.exec_driver_sql("SELECT count(*) FROM record").scalar_one())
            gone = conn.exec_driver_sql("SELECT coalesce(max(gone), 0) FROM watch").scalar_one()
        assert gone <= most, f"guard: {gone} records left {laptop.name} in a day, nobody asked"
    _nobody_took_much(world)


def _nobody_took_much(world: "World") -> None:
    """What a device took away in a day without a question is little."""
    passed: dict[tuple[bytes, str], list[tuple[int, bytes]]] = defaultdict(list)
    with world.city.database.read() as connection:
        here = (removal.c.region == world.city.code) & (removal.c.state == guard.PASSED)
        for row in connection.execute(select(removal).where(here)):
            passed[row.device, row.service_group].append((row.received, row.record))
        count = connection.scalar(select(func.count()).select_from(tables.record)) or 0
    most = max(CITY_FLOOR, bound.allowed(count))
    for rows in passed.values():
        for begun, _ in rows:
            day = {record for time, record in rows if begun <= time < begun + bound.DAY_MS}
            assert len(day) <= most, f"guard: {len(day)} records went in a day, nobody asked"


def _decided(world: "World", changes: list[bytes]) -> None:
    released = world.chance.random() < RELEASED
    how = city_removals.release if released else city_removals.refuse
    world.trace.add("decided", released, len(changes))
    at_city(world, lambda: how(world.city, changes, ADMINISTRATOR))
