"""What may happen at one step, and how likely it is beside the others."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.simulation import (
    erasures,
    forgeries,
    guards,
    joins,
    keys,
    past,
    scenes,
    shut_out,
    sticks,
)
from tests.simulation.road import DAY_MS

if TYPE_CHECKING:
    from tests.simulation.world import World

Event = Callable[["World"], None]
WAITS = (60_000, 3_600_000, DAY_MS, 9 * DAY_MS)
SKEWS = (0, 0, DAY_MS, -DAY_MS, 365 * DAY_MS, -2 * 365 * DAY_MS)


def act(world: "World") -> None:
    """Let a clerk do something, perhaps on a failing disk."""
    laptop = world.chance.choice(world.laptops)
    with laptop.working():
        world.endanger()
        world.act(laptop)


def travel(world: "World") -> None:
    """Let a laptop make a trip."""
    world.travel(world.chance.choice(world.laptops))


def wait(world: "World") -> None:
    """Let time pass."""
    world.now += world.chance.choice(WAITS)


def clock(world: "World") -> None:
    """Set a laptop's clock wrong, or right again."""
    laptop = world.chance.choice(world.laptops)
    laptop.skew = world.chance.choice(SKEWS)
    world.trace.add("clock", laptop.name, laptop.skew)


# How likely, the faults of the run of which the greatest rate counts, what.
EVENTS: dict[str, tuple[int, tuple[str, ...], Event]] = {
    "act": (60, (), act),
    "travel": (35, (), travel),
    "wait": (8, (), wait),
    "clock": (15, ("clock",), clock),
    "carry_out": (40, ("carry",), sticks.carry_out),
    "at_the_city": (30, ("carry",), sticks.at_the_city),
    "carry_in": (30, ("carry",), sticks.carry_in),
    "mischief": (20, ("stick",), sticks.mischief),
    "make_backup": (25, ("restore",), past.make_backup),
    "restore_city": (25, ("restore",), past.restore_city),
    "image_city": (25, ("image",), past.image_city),
    "image_laptop": (30, ("put_back", "clone"), past.image_laptop),
    "put_back": (40, ("put_back",), past.put_back),
    "clone": (30, ("clone",), past.clone),
    "burn": (15, ("burn",), past.burn),
    "revoke": (8, ("burn",), past.revoke),
    "change_keys": (0, (), keys.change_keys),  # these are on in some profiles only
    "change_desk_keys": (0, (), keys.change_desk_keys),
    "by_old_keys": (0, (), keys.by_old_keys),
    "long_wait": (0, (), keys.long_wait),
    "decide": (0, (), shut_out.decide),
    "clear_out": (0, (), guards.clear_out),
    "decide_removals": (0, (), guards.decide),
    "erase": (0, (), erasures.erase),
    "forge": (0, (), forgeries.forge),
    "join": (0, (), joins.join),
}


def any_of(world: "World") -> Event:
    """Draw what happens next."""
    profile = world.profile
    drawn: list[tuple[float, Event]] = [
        (
            weight * max((world.faults.rates[name] for name in names), default=1.0)
            + profile.events.get(what, 0),
            event,
        )
        for what, (weight, names, event) in EVENTS.items()
    ]
    drawn += [(weight, scenes.SCENES[name]) for name, weight in profile.scenes.items()]
    (found,) = world.chance.choices([event for _, event in drawn], [rate for rate, _ in drawn])
    return found
