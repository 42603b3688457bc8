"""Keys change: the city's for sealing and signing, a laptop's own; somebody had the city's.

at rest   every desk has the city's newest list and seals by it
          the city knows every laptop by the keys that it has
"""

from typing import TYPE_CHECKING

from sqlalchemy import select

from sync.server import city_keys, tables
from sync.store import rekey, trust
from tests.simulation import sticks
from tests.simulation.office import ADMINISTRATOR, at_city
from tests.simulation.road import DAY_MS

if TYPE_CHECKING:
    from tests.simulation.laptop import Laptop
    from tests.simulation.world import World

LONG = (92 * DAY_MS, 190 * DAY_MS)  # a sealing key's quarter; until a retired one is destroyed
SORTS = ("seal", "seal", "sign", "lost")
GONE = 0.4  # how often the key of what comes late is destroyed by then


def change_keys(world: "World") -> None:
    """Let the city have new keys, at once."""
    sort = world.chance.choice(SORTS)
    world.trace.add("new keys", sort)
    at_city(
        world,
        lambda: city_keys.rotate(
            world.city, ADMINISTRATOR, signing=sort == "sign", lost=sort == "lost"
        ),
    )


def change_desk_keys(world: "World") -> None:
    """Let a laptop ask for new keys."""
    laptop = world.chance.choice(world.laptops)
    with laptop.working():
        world.endanger()
        laptop.attempt(lambda: rekey.renew(laptop.store))
    world.trace.add("renews", laptop.name)


def long_wait(world: "World") -> None:
    """Let so much time pass that keys change by themselves."""
    world.now += world.chance.choice(LONG)


def at_rest(world: "World") -> None:
    """Check that everybody has the keys of everybody."""
    table, city = tables.device, world.city
    with city.database.read() as connection:
        rows = connection.execute(select(table).where(table.c.region == city.code)).all()
    known = {row.id: row for row in rows}
    for laptop in world.laptops:
        _has_the_citys(world, laptop)
        row, own = known[laptop.device], laptop.store.keys.public()
        assert (row.sign, row.seal) == (own.sign, own.seal), f"keys: {laptop.name} has others"


def _has_the_citys(world: "World", laptop: "Laptop") -> None:
    desk, city = laptop.store.desk, world.city
    with laptop.store.read() as conn:
        number = trust.number(conn)
    assert number == city.ring.number, f"keys: {laptop.name} has list {number}"
    there = (city.public.seal, city.public.sign)
    assert (desk.server.seal, desk.server.sign) == there, f"keys: {laptop.name} seals to another"
    assert set(desk.signs) == set(city.ring.signs), f"keys: {laptop.name} believes others"


def by_old_keys(world: "World") -> None:
    """What was sealed by one laptop comes after the key has changed, or has even gone."""
    laptop = world.chance.choice(world.laptops)
    with laptop.working():
        world.endanger()
        world.act(laptop)
    sticks.carry_out(world, laptop)
    change_keys(world)
    if world.chance.random() < GONE:
        world.now += LONG[1]
    if world.chance.random() < 0.5:
        world.travel(laptop)
    sticks.at_the_city(world)
    sticks.carry_in(world)
