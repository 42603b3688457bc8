"""F14: the server falls back on a backup and the laptop that wrote since is gone as well."""

from sync.server import records
from sync.store import letters, read
from tests.sync.client.road import LETTER, RESIDENT
from tests.sync.faults.carrying import issue, save
from tests.sync.faults.restoring import Town


def test_every_letter_that_another_desk_had_read_is_in_the_register_again(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    for _ in range(3):
        issue(rina)
        save(rina)
        town.go(rina, budi)
    register = records.listing(town.city, LETTER)
    printed = [letters.pdf(budi, row.id, preview=True).data for row in register]
    rina.close()

    town.restore(file)
    assert records.listing(town.city, LETTER) == []
    town.go(budi)

    again = records.listing(town.city, LETTER)
    assert [(row.id, row.number) for row in again] == [(row.id, row.number) for row in register]
    town.settled(budi)
    assert [letters.pdf(budi, row.id, preview=True).data for row in again] == printed
    newcomer = town.desk("Tuti")
    town.go(newcomer)
    assert [letters.pdf(newcomer, row.id, preview=True).data for row in again] == printed


def test_what_only_the_lost_laptop_had_is_lost_and_nothing_else(town: Town) -> None:
    rina, budi = town.desk("Rina"), town.desk("Budi")
    town.go(rina, budi)
    file = town.back_up("satu.bak")
    save(rina, 2)
    town.go(rina, budi)
    kept = town.held(RESIDENT)
    save(rina)
    town.go(rina)
    rina.close()

    town.restore(file)
    town.settled(budi)

    assert town.held(RESIDENT) == kept
    assert {row.id for row in read.listing(budi, RESIDENT)} == kept


def test_numbers_of_the_lost_laptop_are_never_given_to_another(town: Town) -> None:
    rina = town.desk("Rina")
    town.go(rina)
    file = town.back_up("satu.bak")
    budi = town.desk("Budi")
    for _ in range(3):
        issue(budi)
    numbers = {row.number for row in read.listing(budi, LETTER)}
    budi.close()  # its letters are on paper, and nowhere else

    town.restore(file)
    town.go(rina)
    tuti = town.desk("Tuti")
    for _ in range(3):
        issue(tuti)
        issue(rina)
    fresh = {row.number for store in (tuti, rina) for row in read.listing(store, LETTER)}

    assert len(numbers) == 3
    assert numbers.isdisjoint(fresh)
    town.settled(rina, tuti)
