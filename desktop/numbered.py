"""The numbers of a series as the desk shows them, and what a number is reserved or inserted by."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from desktop.look.lists import Entry
from desktop.panes.opening import Opening
from forms.engine.words import say, worded
from forms.mail import series as post
from sync.protocol.ties import SECOND, countersigns
from sync.store import numbers
from sync.store.handle import Store
from sync.store.numbers import Explained

_TONES = {
    "issued": "ok", "void": "danger", "reserved": "wait", "burned": "warn", "skipped": "warn",
}  # fmt: skip
SHOWN = ("issued", "reserved", "inserted", "void", "leased", "other_device", "skipped")
_LOST = ("burned", "skipped", "returned")  # counted together: numbers that no paper will bear


@dataclass(frozen=True, slots=True)
class Series:
    """A series that can be looked at.

    `code` is a classification that letters of it bear, `by_hand` whether a number may be reserved
    or inserted; `ours` is False where the numbers stand on another office's letters.
    """

    series: str
    title: str
    code: str = ""
    by_hand: bool = False
    ours: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """What a row leads to: its record, and the number in the series."""

    record: bytes
    number: int
    may_void: bool
    may_insert: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A series in a year: every number, the inserted ones by what they stand behind, counts."""

    explained: tuple[Explained, ...]
    inserted: Mapping[int, list[Explained]]
    counts: Mapping[str, int]


def series(store: Store) -> dict[str, Series]:
    """List the series of this office: of its letters, of its post, of what it signs second."""
    found: dict[str, Series] = {}
    by_hand = _writes_by_hand(store)
    offered = store.catalogue.offered(store.office.kind)
    for form in offered:
        if form.letter is not None and store.region.offers(form.code):
            name = numbers.series_of(form, store.region)
            code = store.region.classification(form.code, form.letter.classification)
            shared = name in found
            title = say("numbers.all_letters") if shared else worded(form.title)
            found[name] = Series(name, title, found[name].code if shared else code, by_hand)
    if any(countersigns(form, store.office.kind) for form in store.catalogue.forms.values()):
        found[SECOND] = Series(SECOND, say("numbers.second"), ours=False)
    if any(post.leased(form.code) for form in offered):
        found[post.AGENDA] = Series(post.AGENDA, say("numbers.agenda"))
    return found


def read(store: Store, name: str, year: int) -> Found:
    """Explain a series in a year."""
    explained = numbers.explain(store, name, year)
    inserted = numbers.inserted(store, name, year)
    counts = Counter("skipped" if one.state in _LOST else str(one.state) for one in explained)
    counts["inserted"] = sum(len(one) for one in inserted.values())
    return Found(tuple(explained), inserted, counts)


def rows(found: Found) -> list[Entry]:
    """Put every number into words, the highest first, inserted ones above what they follow."""
    runs = groupby(
        reversed(found.explained),
        key=lambda one: (
            one.state,
            one.reason,
            one.record,
            one.number if one.record or one.number in found.inserted else 0,
        ),
    )
    return [entry for _, run in runs for entry in _rows(list(run), found.inserted)]


def reserving(store: Store, one: Series) -> Opening:
    """Open the form by which a number is kept for a letter that is written by hand."""
    return _by_hand(store, one, cara="berikut")


def inserting(store: Store, one: Series, number: int) -> Opening:
    """Open the form by which a number is inserted behind another."""
    return _by_hand(store, one, cara=post.INSERT, nomor_induk=number)


def _by_hand(store: Store, one: Series, **answers: Any) -> Opening:
    form = store.catalogue.form(post.HANDWRITTEN)
    today = store.scene().today.isoformat()
    known = {"kode_klasifikasi": one.code, "tanggal_surat": today}
    return Opening(form, worded(form.title), known | answers)


def _writes_by_hand(store: Store) -> bool:
    form = store.form(post.HANDWRITTEN)
    return form is not None and store.takes(form)


def _rows(run: list[Explained], inserted: Mapping[int, list[Explained]]) -> Iterator[Entry]:
    one = run[0]
    for inner in reversed(inserted.get(one.number, ())):
        title = say("numbers.sub", number=one.number, sub=inner.number)
        place = Place(inner.record, one.number, inner.state != numbers.VOID, may_insert=False)
        yield _row(inner, title, place, "inserted")
    first, last = run[-1].number, one.number
    title = (
        say("numbers.one", number=first)
        if first == last
        else say("numbers.many", first=first, last=last)
    )
    used = bool(one.record)
    place = Place(one.record, one.number, used and one.state != numbers.VOID, may_insert=used)
    yield _row(one, title, place, "", len(run))


def _row(one: Explained, title: str, place: Place, how: str, count: int = 1) -> Entry:
    why = say(f"numbers.why_{one.state}", count=count)
    told = say("numbers.why_inserted", why=why) if how else why
    return Entry(
        place,
        title,
        detail=one.reason or told,
        glyph="file-text" if one.record else "hash",
        chip=say(f"numbers.is_{one.state}"),
        tone=_TONES.get(one.state, "plain"),
    )
