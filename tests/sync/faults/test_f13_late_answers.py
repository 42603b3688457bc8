"""F13: an answer of a city whose disk was put back comes late, to a desk still in the lost history.

City and desk have each their own row of the same number then.
"""

from forms.engine.problem import Unreachable
from sync.client.trip import trip
from sync.store import inbound, records
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
