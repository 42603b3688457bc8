"""What an administrator reads of a laptop is what the laptop says of itself."""

from collections.abc import Callable

from sync.protocol.standing import VERSION
from sync.server import device_details, exchange
from sync.server.city import City, clock
from sync.server.devices import SEEN_EVERY_MS
from sync.store import outbox, records, status
from sync.store.handle import Store
from tests.sync.client.road import RESIDENT, go

Enrol = Callable[..., Store]


def test_the_city_hears_what_is_unsent_until_it_comes(desk: Enrol, city: City) -> None:
    store = desk("Rina")
    go(store)
    for name in ("AHMAD", "SITI", "BUDI"):
        records.new(store, RESIDENT, {"nama": name})
    city.now = lambda: clock() + 2 * SEEN_EVERY_MS  # else the last trip is too near

    exchange.exchange(city, [outbox.ask(store).envelope])

    told = device_details.find(city, store.desk.device).told
    assert told is not None
    assert (told.unsent, told.version, told.keystore) == (3, VERSION, False)
    assert told.unsent == status.status(store).pending
    assert 0 < told.since <= city.now()

    city.now = clock
    go(store)
    city.now = lambda: clock() + 4 * SEEN_EVERY_MS
    exchange.exchange(city, [outbox.ask(store).envelope])

    told = device_details.find(city, store.desk.device).told
    assert told is not None
    assert (told.unsent, told.since) == (0, 0)
