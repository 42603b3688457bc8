"""The people of one household, as far as this desk holds them."""

from forms.residents import household
from sync.store import read
from sync.store.handle import Store
from sync.store.read import Record

MEMBERS_MAX = 60  # a card of a children's home; further ones are found by the card's number


def members(store: Store, found: Record) -> list[Record]:
    """List everybody else on a person's family card, as the card lists them; [] without a card."""
    card = str(found.answers.get(household.CARD) or "")
    if not card:
        return []
    near = read.find(store, card, service=found.service, limit=MEMBERS_MAX)
    others = (one for one in near if one.id != found.id)
    same = [one for one in others if one.answers.get(household.CARD) == card]
    return sorted(same, key=lambda one: household.order(one.answers))
