"""A laptop joins an office in the middle of a run; it soon holds what the others hold."""

from typing import TYPE_CHECKING
from unittest.mock import patch

from forms.engine.problem import Refused, Unreachable
from sync.client.enrol import enrol
from sync.server import codes
from sync.store import attempt
from sync.store.keystore import NoKeystore
from tests.simulation.laptop import Laptop
from tests.simulation.office import ADMINISTRATOR, at_city
from tests.simulation.past import LAPTOPS_MAX
from tests.simulation.pattern import PASSPHRASE, Doorstep

if TYPE_CHECKING:
    from tests.simulation.world import World


class _Road(Doorstep):
    """The way of somebody who joins, over the same roads as everybody's."""

    def __init__(self, world: "World") -> None:
        super().__init__(world.city)
        self._world = world

    def enrol(self, join: bytes) -> bytes:
        welcome, world = b"", self._world
        world.model.on_the_road([join])
        if world.faults.strikes("drop"):
            raise Unreachable("dropped")

        def work() -> None:
            nonlocal welcome
            welcome = Doorstep.enrol(self, join)

        if not at_city(world, work):
            raise Unreachable("server died")
        world.model.on_the_road([welcome])
        if world.faults.strikes("lost"):
            raise Unreachable("lost")
        return world.flipped(welcome) if world.faults.strikes("flip") else welcome


def join(world: "World") -> None:
    """Let somebody join an office with a new laptop."""
    if len(world.laptops) >= LAPTOPS_MAX:
        return
    office = world.chance.choice(world.laptops).office
    name, operator = f"joiner{world.count()}", f"Petugas baru {world.count()}"
    laptop = Laptop(world, name, operator, office)
    text, _ = codes.make(world.city, office, "kepala", ADMINISTRATOR)
    try:
        with patch("sync.client.enrol.Https", return_value=_Road(world)):  # the network, a seam
            enrol(
                laptop.folder,
                url="",
                code=text,
                operator=operator,
                phrase=PASSPHRASE,
                keystore=NoKeystore(),
                now=laptop.now,
            ).close()
    except (Refused, Unreachable):
        left = {file.name for file in laptop.folder.iterdir()} if laptop.folder.exists() else set()
        assert left <= {attempt.NAME}, "half a laptop"  # with that it could go on by the same code
        world.trace.add("not joined", name)
        return
    world.laptops.append(laptop)
    world.trace.add("joined", name, office)
