"""What a clerk does between two trips, each by the shipped functions of the store."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from forms.engine import example
from sync.store import day, inbox, read, records
from sync.store.read import Record
from tests.simulation.laptop import Laptop
from tests.simulation.pattern import LETTER, RESIDENT

if TYPE_CHECKING:
    from sync.protocol.view import Kept

EDITED = ("telepon", "telepon", "alamat", "nama_usaha")  # groups of one and of several fields
ALIKE = 0.35
AGAIN = 0.4
CONFIRMED = 0.7
KNOWN = 0.8  # how often a clerk knows which day it is
CANARY = "Kenari"  # begins every name of a run: nobody may read it on the road

Act = Callable[[Laptop], None]


def register(laptop: Laptop) -> None:
    """Register a resident; now and then one whose NIK another desk has registered as well."""
    world = laptop.world
    count = world.count()
    name = f"{CANARY} {laptop.name} {count}"
    answers: dict[str, Any] = {"nama": name, "telepon": _phone(count)}
    if world.chance.random() < 0.3:
        known = world.chance.choice(world.niks) if world.niks else ""
        nik = known if known and world.chance.random() < 0.3 else _nik(laptop, count)
        world.niks.append(nik)
        answers["nik"] = nik
    laptop.attempt(lambda: records.new(laptop.store, RESIDENT, answers, reason="kembar bila perlu"))


def change(laptop: Laptop) -> None:
    """Change one field of a record that this laptop has."""
    found = _any(laptop, RESIDENT if laptop.world.chance.random() < 0.7 else LETTER)
    if found is not None:
        _change(laptop, found, laptop.world.chance.choice(EDITED))


def _change(laptop: Laptop, found: Record, key: str) -> None:
    """Change a field, and perhaps at once again, as one who mistyped does."""
    if not read.may_edit(laptop.store, found):
        return
    form = laptop.store.catalogue.form(found.service)
    if key not in form.fields:
        return
    said = _said(laptop, found, key)
    laptop.world.model.looking(laptop, form, found)
    laptop.attempt(lambda: records.edit(laptop.store, found.id, {key: said}))
    laptop.note()  # what was on screen before belongs to this act, not to the next one
    if laptop.world.chance.random() < AGAIN:
        _change(laptop, read.record(laptop.store, found.id), key)


def write(laptop: Laptop) -> None:
    """Take a letter, mostly as far as issued."""
    whole = laptop.world.chance.random() < 0.7
    _open_day(laptop)
    sample = _sample(laptop) | {"nama": f"{CANARY} {laptop.world.count()}"}
    laptop.attempt(lambda: records.new(laptop.store, LETTER, sample, issue=whole))


def move(laptop: Laptop) -> None:
    """Take any step that a record's machine gives."""
    service = LETTER if laptop.world.chance.random() < 0.8 else RESIDENT
    found = _any(laptop, service)
    if found is None:
        return
    actions = read.actions(laptop.store, found)
    if actions:
        action = laptop.world.chance.choice(actions)
        _open_day(laptop)
        laptop.attempt(lambda: records.move(laptop.store, found.id, action, reason="karena"))


def choose(laptop: Laptop) -> None:
    """Settle something of the inbox."""
    found = inbox.listing(laptop.store)
    if not found:
        return
    entry = laptop.world.chance.choice(found)
    kept: Kept = laptop.world.chance.choice(("present", "proposed"))
    laptop.attempt(lambda: inbox.settle(laptop.store, entry.id, kept, reason="dilihat berkasnya"))


ACTS: tuple[tuple[int, Act], ...] = (
    (2, register),
    (14, change),
    (4, write),
    (5, move),
    (4, choose),
)


def _open_day(laptop: Laptop) -> None:
    """Confirm a day in doubt, mostly the true one; else nothing can be dated here for now."""
    today, chance = laptop.store.day(), laptop.world.chance
    if today.doubt and chance.random() < CONFIRMED:
        true = laptop.store.date(laptop.world.now)
        said = true if chance.random() < KNOWN else today.proposed or today.clock
        laptop.attempt(lambda: day.confirm(laptop.store, said))


def _any(laptop: Laptop, service: str) -> Record | None:
    found = read.listing(laptop.store, service)
    return laptop.world.chance.choice(found[:3] + found[-2:]) if found else None


def _said(laptop: Laptop, found: Record, key: str) -> str:
    """Type something new; now and then the very thing that somebody else has just typed there."""
    world, count = laptop.world, laptop.world.count()
    said = _phone(count) if key == "telepon" else f"Jalan {laptop.name} {count}"
    known = world.typed.get((found.id, key))
    if known and world.chance.random() < ALIKE:
        return known
    world.typed[found.id, key] = said
    return said


def _phone(count: int) -> str:
    return f"0812{count:08}"


def _nik(laptop: Laptop, count: int) -> str:
    area = laptop.store.desk.office.area.replace(".", "")[:6]
    return f"{area}0101{90:02}{count % 10_000:04}"


def _sample(laptop: Laptop) -> dict[str, Any]:
    form = laptop.store.catalogue.form(LETTER)
    return dict(example.fill(form.example, laptop.store.scene()))
