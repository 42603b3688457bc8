"""What clerks did and saw on their screens, and what must be true of it at every moment.

The model has no rule of merging: it asks server and laptops what they hold by their own functions.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Table, bindparam, func, select

from sync.protocol.change import NEW, STATE, Change
from sync.protocol.ties import renamed
from sync.server import tables
from sync.server.city import City
from sync.server.statements import Statement
from sync.store.case import Case
from sync.store.inbox import Entry
from sync.store.read import Record
from tests.simulation.acts import CANARY
from tests.simulation.laptop import Laptop, Values

if TYPE_CHECKING:
    from tests.simulation.world import World

Groups = dict[str, Values]
Shown = dict[str, object]


class Model:
    """What was saved, what was seen, and what follows from it."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self.changes: dict[bytes, Change] = {}
        self.screens: dict[bytes, Groups] = {}  # by change: what its author had before them
        self.choices: dict[bytes, tuple[Shown, Shown]] = {}  # by settlement: both values
        self._looking: dict[tuple[str, bytes], Groups] = {}
        self._choosing: dict[tuple[str, bytes], tuple[Shown, Shown]] = {}
        self._used: dict[tuple[bytes, str, int, int], tuple[bytes, set[bytes]]] = {}
        self.copied = False  # a laptop was put back or copied: a paper may have been doubled
        self.ungranted: set[bytes] = set()  # leases that a city, put back unawares, had granted
        self.doubled = False  # a number of one of those was used again
        self.was_restored = False
        self.was_put_back = False  # the city's disk, without anybody's being told
        self.was_bereft = False  # a laptop is gone, or what was only on its disk
        self.gone: set[bytes] = set()
        self.erased: set[bytes] = set()  # records, by an administrator's word
        self.forged: set[bytes] = set()  # acts in the name of somebody who did not do them
        self.shut_out: dict[bytes, int] = {}  # devices, with their batches that had come
        self.backed: dict[bytes, int] = {}  # by incarnation: its batches in any backup

    def saved(self, laptop: Laptop, change: Change) -> None:
        """Note an act that is on a disk."""
        if change.id in self.changes:
            return
        self._world.trace.add("saved", laptop.name, change.act, change.id)
        self.changes[change.id] = change
        self._no_number_twice(laptop, change)
        place = (laptop.name, change.target)
        if place in self._looking:
            self.screens[change.id] = self._looking[place]
        if renamed(change):
            return  # what follows at once was typed before, on the screens of another record
        if change.act == NEW and not change.record:  # what follows at once was made on this
            self._looking[place] = self._groups(change.service, change.body.answers, change.state)
        elif place in self._looking and change.state:
            self._looking[place] = self._looking[place] | {STATE: (change.state,)}
        if place in self._choosing:
            self.choices[change.id] = self._choosing.pop(place)

    def noted(self, laptop: Laptop) -> None:
        """Forget what was on a screen: it belongs to the acts before, not to the next one."""
        self._looking = {at: seen for at, seen in self._looking.items() if at[0] != laptop.name}
        self._choosing = {at: both for at, both in self._choosing.items() if at[0] != laptop.name}

    def looking(self, laptop: Laptop, found: Record | Case) -> None:
        """Note what a clerk has on screen before changing it."""
        self._looking[laptop.name, found.id] = self._groups(
            found.service, found.answers, found.state
        )

    def unseen(self, laptop: Laptop, service: str, name: bytes) -> None:
        """Note that a clerk begins a record of this id, of which the desk has nothing."""
        self._looking[laptop.name, name] = self._groups(service, {}, "")

    def choosing(self, laptop: Laptop, entry: Entry) -> None:
        """Note which values a clerk chooses between."""
        self._choosing[laptop.name, entry.record] = (_plain(entry.present), _plain(entry.proposed))

    def refused(self, laptop: Laptop, codes: list[str]) -> None:
        """Note that something was refused."""
        assert not self._world.faults.is_calm, f"{laptop.name} was refused: {codes}"

    def backed_up(self) -> None:
        """Note which batches a backup has."""
        table, city = tables.batch, self._world.city
        with city.database.read() as connection:
            rows = connection.execute(
                select(table.c.incarnation, func.max(table.c.seq))
                .where(table.c.region == city.code)
                .group_by(table.c.incarnation)
            ).all()
        for life, seq in rows:
            self.backed[life] = max(seq, self.backed.get(life, 0))

    def restored(self) -> None:
        """Note that the city was put back: what no living party has is gone."""
        self.was_restored = True
        self.bury()

    def forgotten(self, laptop: Laptop) -> None:
        """Note that a laptop was put back: what was only there is gone."""
        self.copied = True
        self._world.desks.forget(laptop)
        self.lost()

    def lost(self) -> None:
        """Note that what was on a disk is gone."""
        self.was_bereft = True
        self.bury()

    def on_the_road(self, messages: list[bytes]) -> None:
        """I6: nobody reads anything on the road."""
        for data in messages:
            assert CANARY.encode() not in data, "a name in clear on the road"

    def revoked(self, laptop: Laptop) -> None:
        """Note that a device is let in no more: what it brings later is not taken."""
        self.shut_out[laptop.device] = batches(self._world.city, laptop.device)

    def bury(self) -> None:
        """Note what neither the city nor any laptop has any more."""
        living = known(self._world.city)
        for laptop in self._world.laptops:
            with laptop.store.read() as conn:
                living |= set(conn.exec_driver_sql("SELECT id FROM change").scalars())
        self.gone |= self.changes.keys() - living

    def _groups(self, service: str, answers: Any, state: str) -> Groups:
        form = self._world.city.catalogue.form(service)
        found = {group: values(answers, keys) for group, keys in form.groups.items()}
        return found | {STATE: (state,)}

    def _no_number_twice(self, laptop: Laptop, change: Change) -> None:
        number = change.number
        if self.copied or number is None or number.provisional:
            return  # the laws of copies are checked at rest
        place = (laptop.store.desk.office.id, number.series, number.year, number.position)
        leases = _leases(laptop, place)
        used, before = self._used.setdefault(place, (change.id, leases))
        if used == change.id:
            return
        # Nothing tells a city that its whole disk is an old one, until a desk does that knows more:
        # what it grants until then may be granted already, and at rest each double has to be told.
        self.doubled = bool((leases | before) & self.ungranted)
        assert self.doubled, f"I3: {number.text} twice"


def _leases(laptop: Laptop, place: tuple[bytes, str, int, int]) -> set[bytes]:
    query = (
        "SELECT id FROM lease WHERE office = ? AND series = ? AND year = ? "
        "AND ? BETWEEN low AND high AND device = ?"
    )
    with laptop.store.read() as conn:
        rows = conn.exec_driver_sql(query, (*place, laptop.store.desk.device))
        return set(rows.scalars())


def values(answers: Any, keys: tuple[str, ...]) -> Values:
    """Give what a group of answers says; of a table or file its text."""
    return tuple(
        str(said) if isinstance(said := answers.get(key), dict | list) else said for key in keys
    )


def every(city: City, table: Table) -> list[Any]:
    """Give all rows that the city has in a table."""
    with city.database.read() as connection:
        return _every(table).run(connection, region=city.code)


@lru_cache
def _every(table: Table) -> Statement:
    return Statement(select(table).where(table.c.region == bindparam("region")))


_KNOWN = Statement(select(tables.change.c.id).where(tables.change.c.region == bindparam("region")))


def known(city: City) -> set[bytes]:
    """Name every change that the city has."""
    with city.database.read() as connection:
        return set(_KNOWN.run(connection, region=city.code).scalars())


def batches(city: City, device: bytes) -> int:
    """Count the batches of a device that the city has."""
    table = tables.batch
    with city.database.read() as connection:
        here = (table.c.region == city.code) & (table.c.device == device)
        return connection.scalar(select(func.count()).where(here)) or 0


def _plain(said: dict[str, Any]) -> Shown:
    return dict(zip(said, values(said, tuple(said)), strict=True))
