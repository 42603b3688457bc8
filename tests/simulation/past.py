"""The past comes back: a city or a laptop is put back to what it was, or a laptop is copied."""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from sync.server import backup, devices, revocation, tables
from sync.server import restore as restoring
from sync.server.city import City
from tests.simulation import shut_out
from tests.simulation.laptop import Laptop
from tests.simulation.pattern import PASSPHRASE

if TYPE_CHECKING:
    from tests.simulation.world import World

LAPTOPS_MAX = 5
LAPTOPS_MIN = 2
ADMINISTRATOR = "Dewi"


def make_backup(world: "World") -> None:
    """Let the city make a backup, in a folder of its own."""
    place = world.root / "backups"
    place.mkdir(exist_ok=True)
    file = place / f"{world.count()}.backup"
    backup.backup(world.city, file, PASSPHRASE, ADMINISTRATOR)
    world.model.backed_up()
    world.backups.append(file)
    world.trace.add("backup", len(world.backups))


def restore_city(world: "World") -> None:
    """Put the city back to a backup, by its own command."""
    if world.backups:
        restore(world, world.chance.choice(world.backups))


def put_right(world: "World") -> None:
    """Let the administrator end what a disk of an earlier epoch began: by backup and restore."""
    make_backup(world)
    restore(world, world.backups[-1])


def restore(world: "World", file: Path) -> None:
    """Put the city back to this backup, by its own command."""
    at = world.backups.index(file)
    world.trace.add("restore", at)
    world.city.close()
    made = restoring.restore(world.root / "city", file, ADMINISTRATOR, PASSPHRASE, now=world.clock)
    world.backups = world.backups[: at + 1]
    if made.backup is not None:
        world.backups.append(made.backup)
    world.city = City.open(world.root / "city", world.clock)
    world.model.backed_up()  # it ends with a backup
    world.model.restored()


def image_city(world: "World", *, back: bool | None = None) -> None:
    """Take an image of the server's disk, or put one back without telling anybody."""
    granted = _granted(world.city)
    world.city.close()
    home, image = world.root / "city", world.root / "city.image"
    back = world.chance.random() < 0.5 if back is None else back
    put = image.exists() and back
    if put:
        world.trace.add("city from image")
        shutil.rmtree(home)
        shutil.copytree(image, home)
    else:
        shutil.rmtree(image, ignore_errors=True)
        shutil.copytree(home, image)
        world.trace.add("city imaged")
    world.city = City.open(home, world.clock)
    if put:
        world.model.was_put_back = True
        world.model.ungranted |= granted - _granted(world.city)
        world.model.restored()


def _granted(city: City) -> set[bytes]:
    table = tables.lease
    with city.database.read() as connection:
        return set(connection.scalars(select(table.c.id).where(table.c.region == city.code)))


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
    if imaged:
        twin(world, world.chance.choice(imaged))


def twin(world: "World", first: Laptop) -> Laptop | None:
    """Let a second laptop begin from an image of this one; None where there are many already."""
    if len(world.laptops) >= LAPTOPS_MAX:
        return None
    name = f"copy{world.count()}"
    shutil.copytree(world.chance.choice(first.images), world.root / name)
    second = Laptop(world, name, first.operator, first.office)
    second.is_older = first.is_older
    world.laptops.append(second)
    world.model.copied = True
    world.trace.add("cloned", first.name, name)
    return second


def burn(world: "World") -> None:
    """Let a laptop be lost for ever, with what only it had."""
    lose(world, world.chance.choice(world.laptops))


def lose(world: "World", laptop: Laptop) -> None:
    """Let this laptop be lost; nothing is done where few are left."""
    if len(world.laptops) <= LAPTOPS_MIN or laptop not in world.laptops:
        return
    world.laptops.remove(laptop)
    laptop.close()
    shutil.rmtree(laptop.folder)
    world.trace.add("lost for ever", laptop.name)
    world.model.lost()


def revoke(world: "World") -> None:
    """Let a laptop in no more: it works on, and what it does from now on comes nowhere."""
    laptop = world.chance.choice(world.laptops)
    standing = [one for one in world.laptops if one.device not in world.model.shut_out]
    if len(standing) <= LAPTOPS_MIN or laptop not in standing:
        return
    if laptop.device not in {one.id for one in devices.listing(world.city)}:
        return  # a restored city does not list who joined since, until they come again
    revocation.revoke(world.city, laptop.device, ADMINISTRATOR)
    world.model.revoked(laptop)
    world.trace.add("revoked", laptop.name)


def part(world: "World") -> None:
    """Let go of the laptops that may speak to the city no more."""
    for laptop in [one for one in world.laptops if one.device in world.model.shut_out]:
        shut_out.last_words(world, laptop)
        world.laptops.remove(laptop)
        laptop.close()
        world.model.lost()
