"""What clerks did and saw on their screens, and what must be true of it at every moment.

The model has no rule of merging: it asks server and laptops what they hold by their own functions.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from forms.engine.form import Form
from sync.protocol.change import EDIT, Change
from sync.server import tables
from sync.server.city import City
from sync.store import settings
from sync.store.read import Record
from tests.simulation.acts import CANARY
from tests.simulation.laptop import Laptop, Values

if TYPE_CHECKING:
    from tests.simulation.world import World

Groups = dict[str, Values]


class Model:
    """What was saved, what was seen, and what follows from it."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.changes: dict[bytes, Change] = {}
        self.screens: dict[bytes, Groups] = {}
        self._looking: dict[tuple[str, bytes], Groups] = {}
        self._marks: dict[tuple[str, bytes], tuple[int, ...]] = {}
        self.copied = False  # a laptop was put back or copied: a paper may have been doubled
        self.was_restored = False
        self.gone: set[bytes] = set()

    def saved(self, laptop: Laptop, change: Change) -> None:
        """Note an act that is on a disk."""
        if change.id in self.changes:
            return
        self._world.trace.add("saved", laptop.name, change.act, change.id)
        self.changes[change.id] = change
        seen = self._looking.pop((laptop.name, change.target), None)
        if change.act == EDIT and seen is not None:
            self.screens[change.id] = seen

    def looking(self, laptop: Laptop, form: Form, found: Record) -> None:
        """Note what a clerk has on screen before changing it."""
        self._looking[laptop.name, found.id] = {
            group: values(found.answers, keys) for group, keys in form.groups.items()
        }

    def refused(self, laptop: Laptop, codes: list[str]) -> None:
        """Note that something was refused."""
        assert not self._world.faults.is_calm, f"{laptop.name} was refused: {codes}"

    def restored(self) -> None:
        """Note that the city was put back: what no living party has is gone."""
        self.was_restored = True
        self._bury()

    def forgotten(self, laptop: Laptop) -> None:
        """Note that a laptop was put back: what was only there is gone."""
        self.copied = True
        self._marks = {key: marks for key, marks in self._marks.items() if key[0] != laptop.name}
        self._bury()

    def on_the_road(self, messages: list[bytes]) -> None:
        """I6: nobody reads anything on the road."""
        for data in messages:
            assert CANARY.encode() not in data, "a name in clear on the road"

    def check_step(self) -> None:
        """Check what must hold at any moment."""
        self._no_number_twice()
        self._marks_only_rise()

    def _bury(self) -> None:
        living = known(self._world.city)
        for laptop in self._world.laptops:
            with laptop.store.read() as conn:
                living |= set(conn.exec_driver_sql("SELECT id FROM change").scalars())
        self.gone |= self.changes.keys() - living

    def _no_number_twice(self) -> None:
        if self.copied:
            return  # the laws of copies are checked at rest
        used: dict[tuple[bytes, str, int, int], bytes] = {}
        for change in self.changes.values():
            number = change.number
            if number is None or number.provisional:
                continue
            place = (self._office(change), number.series, number.year, number.position)
            assert used.setdefault(place, change.id) == change.id, f"I3: {number.text} twice"

    def _office(self, change: Change) -> bytes:
        for laptop in self._world.laptops:
            if laptop.device == change.device:
                return laptop.office.encode()
        return b""

    def _marks_only_rise(self) -> None:
        for laptop in self._world.laptops:
            if not laptop.worked:
                continue
            laptop.worked = False
            with laptop.store.read() as conn:
                marks = settings.marks(conn)
            now = (marks.sent, marks.received, marks.durable, marks.receipt_time)
            desk = laptop.store.desk
            key = (laptop.name, desk.incarnation + desk.epoch)
            before = self._marks.get(key, (0, 0, 0, 0))
            assert all(a <= b for a, b in zip(before, now, strict=True)), f"I5: {before} > {now}"
            self._marks[key] = now


def values(answers: Any, keys: tuple[str, ...]) -> Values:
    """Give what a group of answers says."""
    return tuple(answers.get(key) for key in keys)


def known(city: City) -> set[bytes]:
    """Name every change that the city has."""
    table = tables.change
    with city.database.read() as connection:
        return set(connection.scalars(select(table.c.id).where(table.c.region == city.code)))
