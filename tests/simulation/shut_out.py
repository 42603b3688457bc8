"""What a laptop brings that is let in no more: evidence, until an administrator decides.

at the end   every batch of its that the city could open is there, taken or as evidence; what is
             released is judged as if it had come before
"""

from contextlib import suppress
from typing import TYPE_CHECKING

from sqlalchemy import select

from forms.engine.problem import Refused, Unreachable
from sync.client.trip import trip
from sync.crypto import envelope
from sync.server import revocation, tables
from sync.server.device_tables import evidence
from tests.simulation.model import batches
from tests.simulation.office import ADMINISTRATOR, at_city
from tests.simulation.road import Road

if TYPE_CHECKING:
    from tests.simulation.laptop import Laptop
    from tests.simulation.world import World


def decide(world: "World") -> None:
    """Let the administrator decide about what a laptop brought that is shut out."""
    waiting = sorted({one.device for one in revocation.waiting(world.city)})
    if not waiting:
        return
    device, released = world.chance.choice(waiting), world.chance.random() < 0.5
    world.trace.add("evidence", device, released)
    how = revocation.release if released else revocation.refuse
    at_city(world, lambda: how(world.city, device, ADMINISTRATOR))
    if device in world.model.shut_out:
        world.model.shut_out[device] = batches(world.city, device)


def last_words(world: "World", laptop: "Laptop") -> None:
    """Let a laptop that is shut out bring all that it has, and somebody decide about it."""
    with laptop.working(), suppress(Refused, Unreachable):
        trip(laptop.store, Road(world, laptop))
    if world.model.was_restored or world.model.copied:
        return  # the city may not remember that it is shut out, or take it for another
    with laptop.store.read() as conn:
        own = conn.exec_driver_sql(
            "SELECT id, envelope FROM batch WHERE length(envelope) > 0 AND incarnation = ? "
            "ORDER BY n",
            (laptop.store.desk.incarnation,),
        ).all()
    opened = {name for name, data in own if envelope.read(data).header.reader in _opens(world)}
    with world.city.database.read() as connection:
        known = {
            *connection.scalars(select(tables.batch.c.id)),
            *connection.scalars(select(evidence.c.id)),
        }
    assert opened <= known, f"I8: {laptop.name} was shut out, and what it brought is nowhere"
    decide(world)


def _opens(world: "World") -> set[bytes]:
    return set(world.city.ring.private)
