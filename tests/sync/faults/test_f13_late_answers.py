"""F13: what a city whose disk was put back says of work that desks believed done with.

An answer may come late, to a desk still in the lost history: city and desk have each their own row
of the same number then. And it judges again, in the order in which it now hears of things.
"""

from forms.engine.problem import Unreachable
from sync.client.trip import trip
from sync.store import inbound, operators, read, records, status
from sync.store.handle import Store
from tests.sync.client.road import RESIDENT
from tests.sync.faults.carrying import save
from tests.sync.faults.restoring import Town


class Losing:
    """A road on which the answer is lost, and found later."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self.found: list[bytes] = []

    def exchange(self, envelopes: list[bytes]) -> bytes:
        self.found.append(self._town.exchange(envelopes))
        raise Unreachable("lost")


class Doubling:
    """A road that keeps what went over it, and brings it once more some other day."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._kept: list[list[bytes]] = []

    def exchange(self, envelopes: list[bytes]) -> bytes:
        self._kept.append(envelopes)
        return self._town.exchange(envelopes)

    def again(self) -> None:
        for envelopes in self._kept:
            self._town.exchange(envelopes)


def waiting(store: Store, record: bytes) -> int:
    """Count the acts on a record that the stream has not passed."""
    with store.read() as conn:
        query = "SELECT count(*) FROM change WHERE record = ? AND pending = 1"
        return int(conn.exec_driver_sql(query, (record,)).scalar() or 0)


def test_what_a_late_receipt_dropped_is_told_anew_once_the_desk_has_gone_back(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    before = town.image()
    save(budi, 3)
    town.go(budi, rina)  # three rows that the city is about to forget
    town.put_back(before)
    made = records.new(rina, RESIDENT, {"nama": "SARI MELATI"}).record
    records.edit(rina, made, {"telepon": "081200000001"})
    losing = Losing(town)
    try:
        trip(rina, losing)
    except Unreachable:
        inbound.take(rina, losing.found[0])

    town.go(rina)
    assert waiting(rina, made) == 0
    town.settled(rina, budi)


def test_an_act_that_is_turned_down_in_the_new_history_is_told_to_its_author(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    before = town.image()
    operators.describe(budi, "Rina", {"jabatan": "Lurah"})
    doubling = Doubling(town)
    gone = trip(budi, doubling)  # applied, in the history that the city is about to forget
    operators.describe(rina, "Budi", {"peran": ["auditor"]})
    town.put_back(before)
    town.go(rina)
    doubling.again()

    (told,) = town.go(budi)

    assert (gone.pending, gone.to_fix) == (0, 0)
    assert (told.pending, told.to_fix) == (0, 1)
    assert read.history(budi, rina.operator.id)[-1].verdict == "refused"
    assert status.status(budi).to_fix == 1
