"""Sticks that people carry: copied, forgotten in a drawer, pulled too early, lost."""

import shutil
from typing import TYPE_CHECKING

from sync.client import folder as desk_folder
from sync.protocol.stick import Folder
from sync.server import folder as city_folder
from tests.simulation.disk import PowerCut
from tests.simulation.laptop import Laptop

if TYPE_CHECKING:
    from tests.simulation.world import World

STICKS = 2
CUT_WITHIN = 60  # statements
TWICE = 0.3  # how often somebody puts the same stick in once more


def carry_out(world: "World", laptop: Laptop | None = None) -> None:
    """Lay what a laptop has on a stick."""
    laptop, stick = laptop or world.chance.choice(world.laptops), _any(world)
    if laptop not in world.laptops:
        return
    with laptop.working():
        world.endanger()
        laptop.attempt(lambda: desk_folder.carry_out(laptop.store, stick))
    world.trace.add("out", laptop.name)


def carry_in(world: "World") -> None:
    """Let a laptop take from a stick what is for it."""
    laptop, stick = world.chance.choice(world.laptops), _any(world)
    with laptop.working():
        world.endanger()
        laptop.attempt(
            lambda: world.trace.add("in", desk_folder.carry_in(laptop.store, stick).received)
        )


def at_the_city(world: "World") -> None:
    """Let the city take from a stick, and lay its answers there."""
    stick = _any(world)
    if world.faults.strikes("cut_server"):
        world.disk.arm("server", world.chance.randrange(CUT_WITHIN))
    with world.disk.at("server"):
        try:
            visit = city_folder.carry(world.city, stick)
            told = (visit.taken, visit.known, visit.held, len(visit.refused))
            world.trace.add("city", *told)
            if world.chance.random() < TWICE:
                again = city_folder.carry(world.city, stick)
                came = visit.taken + visit.known
                assert (again.taken, again.known) == (0, came), "I2: a batch was taken twice"
        except PowerCut:
            world.restart()
    world.disk.calm()


def mischief(world: "World") -> None:
    """Let something happen to a stick on its way."""
    stick = _any(world)
    files = sorted(stick.path.iterdir())
    if not files:
        return
    what = world.chance.choice(("lost", "copied", "cut", "flipped", "gone"))
    world.trace.add("stick", what)
    one = world.chance.choice(files)
    if what == "lost":
        shutil.rmtree(stick.path)
        stick.path.mkdir()
    elif what == "copied":
        other = world.root / f"stick{world.chance.randrange(STICKS)}"
        other.mkdir(exist_ok=True)
        for file in files:
            if file.parent != other:
                shutil.copyfile(file, other / file.name)
    elif what == "cut":
        one.write_bytes(one.read_bytes()[: world.chance.randrange(one.stat().st_size or 1)])
    elif what == "flipped" and one.stat().st_size:
        one.write_bytes(world.flipped(one.read_bytes()))
    else:
        one.unlink()


def _any(world: "World") -> Folder:
    path = world.root / f"stick{world.chance.randrange(STICKS)}"
    path.mkdir(exist_ok=True)
    return Folder(path)
