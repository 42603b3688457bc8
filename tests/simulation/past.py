"""The past comes back: a city or a laptop is put back to what it was, or a laptop is copied."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from sync.server import backup, restore
from sync.server.city import City
from tests.simulation.laptop import Laptop
from tests.simulation.pattern import PASSPHRASE

if TYPE_CHECKING:
    from tests.simulation.world import World

LAPTOPS_MAX = 5
ADMINISTRATOR = "Dewi"


def make_backup(world: "World") -> None:
    """Let the city make a backup, in a folder of its own."""
    _back_up(world)


def restore_city(world: "World") -> None:
    """Put the city back to a backup, by its own command."""
    if world.backups:
        _restore(world, world.chance.choice(world.backups))


def put_right(world: "World") -> None:
    """Let the administrator end what a disk of an earlier epoch began: by backup and restore."""
    _back_up(world)
    _restore(world, world.backups[-1])


def _back_up(world: "World") -> None:
    place = world.root / "backups"
    place.mkdir(exist_ok=True)
    file = place / f"{world.count()}.backup"
    backup.backup(world.city, file, PASSPHRASE, ADMINISTRATOR)
    world.backups.append(file)
    world.trace.add("backup", len(world.backups))


def _restore(world: "World", file: Path) -> None:
    at = world.backups.index(file)
    world.trace.add("restore", at)
    world.city.close()
    made = restore.restore(world.root / "city", file, ADMINISTRATOR, PASSPHRASE, now=world.clock)
    world.backups = world.backups[: at + 1]
    if made.backup is not None:
        world.backups.append(made.backup)
    world.city = City.open(world.root / "city", world.clock)
    world.model.restored()


def image_city(world: "World") -> None:
    """Take an image of the server's disk, or put one back without telling anybody."""
    world.city.close()
    home, image = world.root / "city", world.root / "city.image"
    if image.exists() and world.chance.random() < 0.5:
        world.trace.add("city from image")
        shutil.rmtree(home)
        shutil.copytree(image, home)
        world.model.restored()
    else:
        shutil.rmtree(image, ignore_errors=True)
        shutil.copytree(home, image)
        world.trace.add("city imaged")
    world.city = City.open(home, world.clock)


def image_laptop(world: "World") -> None:
    """Take an image of a laptop's disk."""
    laptop = world.chance.choice(world.laptops)
    laptop.image()
    world.trace.add("imaged", laptop.name)


def put_back(world: "World") -> None:
    """Put a laptop back to an image of it; what was only there is gone."""
    imaged = [laptop for laptop in world.laptops if laptop.images]
    if not imaged:
        return
    laptop = world.chance.choice(imaged)
    image = world.chance.choice(laptop.images)
    world.trace.add("put back", laptop.name, laptop.images.index(image))
    laptop.put_back(image)
    world.model.forgotten(laptop)


def clone(world: "World") -> None:
    """Let a second laptop begin from an image of a first one."""
    imaged = [laptop for laptop in world.laptops if laptop.images]
    if not imaged or len(world.laptops) >= LAPTOPS_MAX:
        return
    first = world.chance.choice(imaged)
    name = f"copy{len(world.laptops)}"
    shutil.copytree(world.chance.choice(first.images), world.root / name)
    world.laptops.append(Laptop(world, name, first.operator, first.office))
    world.model.copied = True
    world.trace.add("cloned", first.name, name)
