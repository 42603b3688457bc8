"""Which series of numbers an office takes from, as city and desk both reckon."""

from functools import lru_cache

from forms.engine.catalogue import Catalogue
from forms.engine.region import Region
from forms.mail import series as post
from forms.queue import tickets
from sync.protocol.ties import SECOND, countersigns

KEPT_MAX = 32  # regions times kinds of office; both stay the same while a program runs


@lru_cache(KEPT_MAX)
def of_kind(catalogue: Catalogue, region: Region, kind: str) -> tuple[str, ...]:
    """List the series of an office of this kind: letters, second signatures, post, tickets.

    Those of tickets stand on no paper: they tell the desks of a waiting room apart.
    """
    offered = [form for form in catalogue.offered(kind) if region.offers(form.code)]
    found = {
        region.series(form.code, form.letter.classification)
        for form in offered
        if form.letter is not None
    }
    found |= {name for form in offered if (name := post.leased(form.code))}
    if any(
        countersigns(form, kind) and region.offers(form.code) for form in catalogue.forms.values()
    ):
        found.add(SECOND)
    if any(form.code == tickets.SERVICE for form in offered):
        found.add(tickets.SERIES)
    return tuple(sorted(found))
