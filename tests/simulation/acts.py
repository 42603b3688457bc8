"""What a clerk does between two trips, each by the shipped functions of the store."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from forms.engine import example
from forms.engine.check import check
from sync.store import day, inbox, operators, read, records, workbook
from sync.store.inbox import Entry
from sync.store.read import Record
from tests.simulation.laptop import Laptop
from tests.simulation.pattern import LETTER, RESIDENT

if TYPE_CHECKING:
    from sync.protocol.view import Kept

EDITED = ("telepon", "telepon", "alamat", "nama_usaha")  # groups of one and of several fields
ALIKE = 0.3
AGAIN = 0.4
CONFIRMED = 0.7
KNOWN = 0.8  # how often a clerk knows which day it is
FEW = 3  # values that are typed again and again
OLD = 90_000_000  # from where these are counted
ROWS = 2  # of the workbook that every desk has
PICTURE = "foto_usaha"  # the field of a letter that takes one
CANARY = "Kenari"  # begins every name of a run: nobody may read it on the road

Act = Callable[[Laptop], None]


def register(laptop: Laptop) -> None:
    """Register a resident; now and then one whose NIK another desk has registered as well."""
    world = laptop.world
    nik = ""
    if world.chance.random() < 0.3:
        known = world.chance.choice(world.niks) if world.niks else ""
        nik = known if known and world.chance.random() < 0.3 else fresh_nik(laptop)
    enter(laptop, nik)


def enter(laptop: Laptop, nik: str) -> None:
    """Register somebody by this NIK, or by none."""
    world = laptop.world
    count = world.count()
    name = f"{CANARY} {laptop.name} {count}"
    answers: dict[str, Any] = {"nama": name, "telepon": _phone(count)}
    if nik:
        world.niks.append(nik)
        answers["nik"] = nik
    known = laptop.store.catalogue.form(RESIDENT).fields
    answers = {key: said for key, said in answers.items() if key in known}
    laptop.attempt(lambda: records.new(laptop.store, RESIDENT, answers, reason="kembar bila perlu"))


def change(laptop: Laptop) -> None:
    """Change one field of a record that this laptop has."""
    found = _any(laptop, RESIDENT if laptop.world.chance.random() < 0.7 else LETTER)
    if found is None:
        return
    chance = laptop.world.chance
    if found.service == RESIDENT and laptop.world.niks and chance.random() < 0.05:
        retype(laptop, found.id, "nik", chance.choice(laptop.world.niks))
        return
    key = chance.choice(EDITED)
    retype(laptop, found.id, key)
    if chance.random() < AGAIN:  # as one who mistyped does
        retype(laptop, found.id, key)


def attach(laptop: Laptop) -> None:
    """Attach a picture to a letter whose text may still be changed."""
    found = read.listing(laptop.store, LETTER)
    open_ones = [one for one in found if read.may_edit(laptop.store, one)]
    if open_ones:
        picture = laptop.world.files.draw()
        letter = laptop.world.chance.choice(open_ones)
        retype(laptop, letter.id, PICTURE, {"file": str(picture)})


def retype(laptop: Laptop, name: bytes, key: str, said: Any = None) -> Any:
    """Change a field of a record, to something else where nothing is said; give what was typed."""
    found = read.record(laptop.store, name)
    form = laptop.store.catalogue.form(found.service)
    if key not in form.fields or not read.may_edit(laptop.store, found):
        return None
    said = said or _said(laptop, found, key)
    laptop.world.model.looking(laptop, found)
    reason = "memang begitu" if key == "nik" else ""
    laptop.attempt(lambda: records.edit(laptop.store, name, {key: said}, reason=reason))
    return said


def write(laptop: Laptop) -> None:
    """Take a letter, mostly as far as issued."""
    take_letter(laptop, whole=laptop.world.chance.random() < 0.7)


def take_letter(laptop: Laptop, *, whole: bool = True) -> None:
    """Take a letter, as far as issued or not."""
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
        step(laptop, found.id, laptop.world.chance.choice(actions))


def step(laptop: Laptop, name: bytes, action: str) -> bool:
    """Take one step with a record; tells whether it was possible."""
    _open_day(laptop)
    found = read.record(laptop.store, name)
    laptop.world.model.looking(laptop, found)
    return laptop.attempt(lambda: records.move(laptop.store, name, action, reason="karena"))


def finish(laptop: Laptop, name: bytes) -> None:
    """Take a letter as far as issued, step by step."""
    for action in ("submit", "check", "approve", "issue"):
        found = read.record(laptop.store, name)
        if action in read.actions(laptop.store, found):
            step(laptop, name, action)


def choose(laptop: Laptop) -> None:
    """Settle something of the inbox."""
    found = inbox.listing(laptop.store)
    if found:
        decide(laptop, laptop.world.chance.choice(found))


def decide(laptop: Laptop, entry: Entry) -> None:
    """Settle one entry, either way."""
    chosen: Kept = laptop.world.chance.choice(("present", "proposed"))
    laptop.world.model.choosing(laptop, entry)
    laptop.attempt(lambda: inbox.settle(laptop.store, entry.id, chosen, reason="dilihat berkasnya"))


def bring(laptop: Laptop) -> None:
    """Take a row of the workbook that every desk has, as an import does."""
    row = laptop.world.chance.randrange(ROWS)
    take_row(laptop, row, laptop.store.desk.office.area)


def take_row(laptop: Laptop, row: int, area: str) -> None:
    """Take one row of an area's workbook.

    That is a new record under the id that its NIK gives, or a change of the one here.
    """
    store, world = laptop.store, laptop.world
    form = store.catalogue.form(RESIDENT)
    nik = row_nik(row, area)
    said: dict[str, Any] = {"nama": f"{CANARY} {row}", "nik": nik, "telepon": _phone(world.count())}
    said = {key: value for key, value in said.items() if key in form.fields}
    name = workbook.record_id(store.desk.region, nik)
    is_here = any(one.id == name for one in read.listing(store, RESIDENT))

    def work() -> None:
        judged = check(form, said, store.scene())
        with store.write() as conn:
            bearers = records.by_unique(conn, RESIDENT, "nik", [nik]).get(nik, [])
            case = next((case for case in bearers if case.id == name), None)
            if not bearers and not is_here:
                world.model.unseen(laptop, RESIDENT, name)
                records.save_many(store, conn, RESIDENT, [records.Item(judged, record=name)])
            elif case is not None and form.machine.may_edit(case.state, store.operator.roles):
                world.model.looking(laptop, case)
                item = records.Item({**case.answers, **judged}, case=case)
                records.save_many(store, conn, RESIDENT, [item])

    laptop.attempt(work)


def row_nik(row: int, area: str) -> str:
    """Give the NIK in a row of an area's workbook."""
    return f"{area.replace('.', '')[:6]}0101{70 + int(area[-1])}{row + 1:04}"


def staff(laptop: Laptop) -> None:
    """Give a colleague fewer rights, or all of them again."""
    others = [person for person, _ in operators.listing(laptop.store)]
    others = [person for person in others if person.id != laptop.store.operator.id]
    if others:
        person = laptop.world.chance.choice(sorted(others, key=lambda one: one.name))
        entitle(laptop, person.name, head="kepala" not in person.roles)


def entitle(laptop: Laptop, name: str, *, head: bool) -> None:
    """Let somebody be head of the office, or a clerk only."""
    roles = ["kepala"] if head else ["petugas"]
    laptop.attempt(lambda: operators.describe(laptop.store, name, {"peran": roles}))


def relocate(laptop: Laptop) -> None:
    """Let a resident live in an area of some office of the run."""
    found = _any(laptop, RESIDENT)
    if found is not None:
        areas = sorted({one.store.desk.office.area for one in laptop.world.laptops})
        retype(laptop, found.id, "kelurahan", laptop.world.chance.choice(areas))


ACTS: dict[str, tuple[int, Act]] = {
    "register": (2, register),
    "change": (14, change),
    "write": (4, write),
    "move": (5, move),
    "choose": (4, choose),
    "bring": (1, bring),
    "staff": (0, staff),
    "relocate": (0, relocate),
    "attach": (1, attach),
}


def _open_day(laptop: Laptop) -> None:
    """Confirm a day in doubt, mostly the true one; else nothing can be dated here for now."""
    today, chance = laptop.store.day(), laptop.world.chance
    if today.doubt and chance.random() < CONFIRMED:
        true = laptop.store.date(laptop.world.now)
        said = true if chance.random() < KNOWN else today.proposed or today.clock
        laptop.attempt(lambda: day.confirm(laptop.store, said))


def _any(laptop: Laptop, service: str) -> Record | None:
    found = read.listing(laptop.store, service)
    hot = laptop.world.profile.hot
    some = found[:hot] if hot else found[:3] + found[-2:]
    return laptop.world.chance.choice(some) if some else None


def _said(laptop: Laptop, found: Record, key: str) -> str:
    """Type something new; now and then the very thing that somebody else has just typed there."""
    world, count = laptop.world, laptop.world.count()
    if world.chance.random() < world.profile.few:
        count = OLD + world.chance.randrange(FEW)
    said = _phone(count) if key == "telepon" else f"Jalan {count}"
    known = world.typed.get((found.id, key))
    if known and world.chance.random() < ALIKE:
        return known
    world.typed[found.id, key] = said
    return said


def _phone(count: int) -> str:
    return f"0812{count:08}"


def fresh_nik(laptop: Laptop) -> str:
    """Make up a NIK that nobody has yet."""
    area = laptop.store.desk.office.area.replace(".", "")[:6]
    return f"{area}0101{90:02}{laptop.world.count() % 10_000:04}"


def _sample(laptop: Laptop) -> dict[str, Any]:
    form = laptop.store.catalogue.form(LETTER)
    return dict(example.fill(form.example, laptop.store.scene()))
