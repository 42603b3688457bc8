"""What an administrator does at the city, on a disk that may fail."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.simulation.disk import PowerCut

if TYPE_CHECKING:
    from tests.simulation.world import World

ADMINISTRATOR = "Dewi"
CUT_WITHIN = 40  # statements of one act


def at_city(world: "World", work: Callable[[], object]) -> bool:
    """Do something at the city; tells whether no power cut ended it."""
    if world.faults.strikes("cut_server"):
        world.disk.arm("server", world.chance.randrange(CUT_WITHIN))
    try:
        with world.disk.at("server"):
            work()
    except PowerCut:
        world.restart()
        return False
    finally:
        world.disk.calm()
    return True
