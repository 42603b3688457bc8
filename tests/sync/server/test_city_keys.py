"""The city's keys: what is made, retired, destroyed, and what a desk's list tells it."""

from collections.abc import Callable

import msgspec
import pytest
from sqlalchemy import select

from forms.engine.problem import Refused
from sync.crypto import envelope, signed, trust
from sync.crypto.keys import DeviceKeys, RegionKeys, key_id
from sync.protocol import wire
from sync.protocol.stream import Signed
from sync.protocol.trust import KeyList, SealKey, Shown, SignKey
from sync.protocol.upload import Opening
from sync.server import city_keys, epochs, exchange, intake, ring, uploads
from sync.server.city import City
from sync.server.city_keys import BACKUPS_MS
from sync.server.key_tables import city_key
from sync.server.ring import DAY_MS, KEEP_MS, QUARTER_MS, WITNESS_DAYS
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR, NOON, Time
from tests.sync.server.laptop import Laptop
from tests.sync.server.living import lived

Enrol = Callable[..., Laptop]


def told(city: City, shown: Signed | None = None) -> KeyList:
    """Show the city a list, as a desk would, and read its own."""
    data = show(city, shown)
    answer = trust.opened(exchange.exchange(city, [data]), city.public.root)
    assert answer.keys is not None
    return trust.checked(answer.keys, city.public.root)


def show(city: City, shown: Signed | None) -> bytes:
    sign = DeviceKeys.make().sign
    return trust.enclosed(Shown(shown), sign=sign, writer=bytes(16), root=city.public.root)


def test_a_city_tells_anybody_its_keys_under_its_root(city: City) -> None:
    found = told(city)

    assert found.number == 1
    assert [seal.public for seal in found.seals] == [city.public.seal]
    assert [sign.public for sign in found.signs] == [city.public.sign]


def test_an_administrators_rotation_brings_a_new_sealing_key_and_keeps_the_signing_key(
    city: City,
) -> None:
    before = city.public

    found = city_keys.rotate(city, ADMINISTRATOR)

    assert city.public.seal != before.seal
    assert city.public.sign == before.sign
    assert [seal.public for seal in found.seals] == [city.public.seal, before.seal]
    assert [seal.retire for seal in found.seals] == [0, NOON]
    assert found.number == 2


def test_what_was_sealed_to_a_retired_key_is_still_taken(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    batch = laptop.batch(laptop.resident())
    city_keys.rotate(city, ADMINISTRATOR)

    taken = intake.take(city, batch)

    assert [verdict.verdict for verdict in taken.verdicts] == ["applied"]


def test_a_sealing_key_is_replaced_by_itself_after_a_quarter(city: City, time: Time) -> None:
    first = told(city)
    time.ms += QUARTER_MS - 1
    assert told(city) == first
    time.ms += 1

    found = told(city)

    assert found.seals[0].public != first.seals[0].public
    assert found.seals[1].public == first.seals[0].public
    assert found.signs == first.signs


def test_a_retired_keys_private_half_is_destroyed_on_its_day(
    city: City, enrol: Enrol, time: Time
) -> None:
    laptop = enrol()
    batch = laptop.batch(laptop.resident())
    old = city.public.seal
    city_keys.rotate(city, ADMINISTRATOR)
    lived(city, NOON, WITNESS_DAYS)
    time.ms += KEEP_MS
    city_keys.attend(city)

    with pytest.raises(Refused) as error:
        intake.take(city, batch)

    assert error.value.problems[0].code == "key_gone"
    assert old not in {seal.public for seal in told(city).seals}
    with city.database.read() as connection:
        query = select(city_key.c.private).where(city_key.c.public == old)
        assert connection.execute(query).scalar_one() == b""


def test_a_clock_that_leaps_a_year_destroys_no_key(city: City, enrol: Enrol, time: Time) -> None:
    laptop = enrol()
    batch = laptop.batch(laptop.resident())
    city_keys.rotate(city, ADMINISTRATOR)
    time.ms += 365 * DAY_MS
    listed = told(city)
    assert told(city) == listed  # what waits for days to pass makes no list at each exchange
    time.ms = NOON + DAY_MS

    taken = intake.take(city, batch)

    assert [verdict.verdict for verdict in taken.verdicts] == ["applied"]
    assert [row.gone for row in city_keys.listing(city)] == [0] * len(city_keys.listing(city))


def test_a_key_whose_day_has_come_is_destroyed_once_desks_have_sent_something_since(
    city: City, time: Time
) -> None:
    city_keys.rotate(city, ADMINISTRATOR)
    time.ms += KEEP_MS
    city_keys.attend(city)
    first = next(one for one in city_keys.listing(city) if one.began == one.retired == NOON)
    assert (first.gone, first.destroys) == (0, time.ms)

    lived(city, NOON, WITNESS_DAYS - 1)
    time.ms += DAY_MS
    city_keys.attend(city)
    assert not any(one.gone for one in city_keys.listing(city))

    lived(city, time.ms - DAY_MS, 1)
    time.ms += DAY_MS
    city_keys.attend(city)

    assert [one.id for one in city_keys.listing(city) if one.gone] == [first.id]


def test_a_key_that_a_fast_clock_made_is_replaced_once_the_clock_is_right(
    city: City, time: Time
) -> None:
    time.ms += 365 * DAY_MS
    ahead = told(city)
    time.ms = NOON

    right = told(city)

    assert right.seals[0].public != ahead.seals[0].public
    assert right.seals[0].not_before == NOON
    assert told(city) == right


def test_a_clock_that_was_put_back_shortens_no_keys_time(
    city: City, enrol: Enrol, time: Time
) -> None:
    laptop = enrol()
    batch = laptop.batch(laptop.resident())
    lived(city, NOON - 365 * DAY_MS, 300)
    told(city)
    time.ms -= 365 * DAY_MS
    city_keys.rotate(city, ADMINISTRATOR)
    time.ms = NOON
    city_keys.attend(city)

    taken = intake.take(city, batch)

    assert [verdict.verdict for verdict in taken.verdicts] == ["applied"]


def test_a_destroyed_private_half_is_nowhere_in_the_file(city: City, time: Time) -> None:
    old = city.public.seal
    city_keys.rotate(city, ADMINISTRATOR)
    with city.database.read() as connection:
        query = select(city_key.c.private).where(city_key.c.public == old)
        wrapped = connection.execute(query).scalar_one()
    lived(city, NOON, WITNESS_DAYS)
    time.ms += KEEP_MS
    city_keys.attend(city)
    copy = city.folder / "copy.sqlite"
    city.database.close()  # the log is written back

    city.database.copy(copy)

    assert wrapped
    assert wrapped not in databases.stored(city.database.url)
    assert wrapped not in copy.read_bytes()


def test_the_list_names_the_day_on_which_the_last_sealed_copy_becomes_unreadable(
    city: City, time: Time
) -> None:
    city_keys.rotate(city, ADMINISTRATOR)
    time.ms += 10 * DAY_MS

    present, retired = (one for one in city_keys.listing(city) if one.use == "seal")

    assert (present.retired, present.destroys, present.unreadable) == (0, 0, 0)
    assert (retired.destroys, retired.gone) == (NOON + KEEP_MS, 0)
    assert retired.unreadable == NOON + KEEP_MS + BACKUPS_MS


def test_a_signing_keys_private_half_is_gone_with_its_rotation(city: City) -> None:
    old = city.keys.sign

    found = city_keys.rotate(city, ADMINISTRATOR, signing=True)

    assert city.keys.sign != old
    assert len(found.signs) == 2
    reopened = City.open(city.folder, city.now)
    assert reopened.keys == city.keys
    assert reopened.ring.signs == (city.public.sign, found.signs[1].public)
    with reopened.database.read() as connection:
        assert not any(
            connection.scalars(select(city_key.c.private).where(city_key.c.use != "seal"))
        )
    reopened.close()


def test_nothing_of_a_lost_signing_key_counts_any_more(city: City, enrol: Enrol) -> None:
    laptop = enrol()
    laptop.send(laptop.resident())
    (page,) = [one for one in laptop.exchange().pages if b"residents" in one.plain]
    retired = city_keys.rotate(city, ADMINISTRATOR, signing=True)
    assert signed.check_any(page, city.ring.signs, "page")

    found = city_keys.rotate(city, ADMINISTRATOR, lost=True)

    lost = retired.signs[0].public
    assert not any(sign.lost for sign in retired.signs)
    assert [sign.public for sign in found.signs if sign.lost] == [lost]
    assert lost not in city.ring.signs
    assert set(city.ring.lost) == {lost}


def test_another_process_that_rotated_is_noticed_at_the_next_exchange(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    other = City.open(city.folder, city.now)
    city_keys.rotate(other, ADMINISTRATOR, signing=True)
    other.close()

    answer = exchange.exchange(city, [laptop.ask()])

    assert envelope.read(answer).header.writer == key_id(other.public.sign)
    assert city.public == other.public


def test_another_process_that_rotated_is_noticed_by_who_sends_in_pieces(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    other = City.open(city.folder, city.now)
    city_keys.rotate(other, ADMINISTRATOR)
    laptop.city = other  # it heard of the new key by stick
    opening = Opening(name=bytes(32), size=1, shown=[laptop.ask()])
    other.close()

    assert uploads.owner(city, opening) == laptop.device


def test_an_epoch_that_another_process_began_is_noticed_at_the_next_exchange(
    city: City, enrol: Enrol
) -> None:
    laptop = enrol()
    other = City.open(city.folder, city.now)
    with other.database.write() as connection:
        begun = epochs.begin(connection, other, by="")
    other.close()

    answer = laptop.exchange()

    assert answer.epoch == begun
    assert len(answer.lineage) == 1


def test_two_processes_that_find_a_key_worn_change_it_once(city: City, time: Time) -> None:
    city_keys.attend(city)
    other = City.open(city.folder, city.now)
    time.ms += QUARTER_MS
    city_keys.attend(city)
    other.ring = msgspec.structs.replace(other.ring, number=city.ring.number)

    city_keys.attend(other)

    assert other.public == city.public
    assert city.ring.number == other.ring.number == 2
    other.close()


def _of_the_lost_past(city: City, *, sign: bool = False) -> tuple[Signed, RegionKeys]:
    """Make a list that this city made before it was put back."""
    keys = RegionKeys.make()
    public, here = keys.public(), told(city)
    seals = [SealKey(public.seal, NOON + 1, 0), *here.seals]
    signs = [SignKey(public.sign, NOON + 1, 0), *here.signs] if sign else here.signs
    listed = KeyList(here.number + 1, city.public.root, NOON + 1, seals, signs)
    return signed.sign(wire.encode(listed), city.keys.root, "keys"), keys


def test_a_city_that_is_shown_a_list_it_has_forgotten_comes_after_it_with_a_new_key(
    city: City,
) -> None:
    shown, lost = _of_the_lost_past(city)
    before = city.public

    found = told(city, shown)

    assert found.number == 3
    assert city.public.seal not in {before.seal, lost.public().seal}
    assert city.public.sign == before.sign
    assert [seal.public for seal in found.seals] == [city.public.seal, before.seal]
    assert told(city, shown) == found


def test_a_forgotten_signing_key_is_believed_and_followed_by_a_new_one(city: City) -> None:
    shown, lost = _of_the_lost_past(city, sign=True)
    before = city.public

    found = told(city, shown)

    assert city.public.sign not in {before.sign, lost.public().sign}
    assert {sign.public for sign in found.signs[1:]} == {before.sign, lost.public().sign}
    assert set(city.ring.signs) == {sign.public for sign in found.signs}


def test_two_pasts_with_lists_of_one_number_meet_in_the_next(city: City) -> None:
    shown, _ = _of_the_lost_past(city)
    own = city_keys.rotate(city, ADMINISTRATOR)
    assert own.number == 2

    assert told(city, shown).number == 3
    assert told(city, shown).number == 3


def test_an_older_list_of_its_own_tells_a_city_nothing(city: City) -> None:
    told(city)
    older = city.ring.listed
    found = city_keys.rotate(city, ADMINISTRATOR)

    assert told(city, older) == found


def test_a_flipped_list_and_one_of_another_root_are_refused(city: City) -> None:
    shown, _ = _of_the_lost_past(city)
    flipped = Signed(shown.plain[:-1] + bytes([shown.plain[-1] ^ 1]), shown.signature)
    foreign = signed.sign(shown.plain, RegionKeys.make().root, "keys")
    receipt = signed.sign(shown.plain, city.keys.root, "receipt")
    before = told(city)

    for wrong in (flipped, foreign, receipt):
        with pytest.raises(Refused) as error:
            told(city, wrong)
        assert error.value.problems[0].code == "signature_wrong"
    assert told(city) == before


def test_an_envelope_for_the_desks_of_another_city_is_not_read(city: City) -> None:
    other = RegionKeys.make().public().root
    data = trust.enclosed(Shown(None), sign=DeviceKeys.make().sign, writer=bytes(16), root=other)

    with pytest.raises(Refused) as error:
        exchange.exchange(city, [data])

    assert error.value.problems[0].code == "keys_elsewhere"


def test_an_ask_that_knows_a_later_list_is_answered_by_key_gone(city: City, enrol: Enrol) -> None:
    laptop = enrol()

    with pytest.raises(Refused) as error:
        exchange.exchange(city, [laptop.ask(keys=city.ring.number + 1)])

    assert error.value.problems[0].code == "key_gone"


def test_the_private_half_is_kept_for_less_than_desks_keep_changes() -> None:
    assert 90 * DAY_MS < KEEP_MS < 15 * 30 * DAY_MS
    assert ring.QUARTER_MS < KEEP_MS
