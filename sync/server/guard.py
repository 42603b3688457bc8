"""Stops what would take too many records away at once, until an administrator has decided.

Of each batch, per service group: what the device took away in the last day, what of it waits
already, and what this batch would take away. If that is too much (sync.protocol.guard), all of the
batch that takes away is held with the code `mass_removal`; everything else goes through (P7). What
carries paper or a number is a fact and never stopped.

What takes a record away:

    a transition     into a state that the form's machine calls `gone`
    an edit          of the place, by which an office loses the record
"""

from collections.abc import Collection, Iterable, Sequence

import msgspec
from sqlalchemy import Connection, delete, func, select

from sync.protocol.change import EDIT, NEW, NUMBERING, SETTLE, Change
from sync.protocol.guard import DAY_MS, FLOOR, PERSON, SCOPE_MAX, STOPPED, trips
from sync.protocol.merge import carries_paper
from sync.protocol.view import Judgement
from sync.server import bulk, tables
from sync.server.city import City
from sync.server.judging import Outcome
from sync.server.removal_tables import removal
from sync.server.view import BatchView

HELD = Judgement("held", STOPPED, waits_for=PERSON)
PASSED, WAITING, RELEASED, REFUSED = "passed", "waiting", "released", "refused"

_ELSEWISE = frozenset({NEW, SETTLE, NUMBERING})


class Guard:
    """What one batch of one device would take away, and what of it is stopped."""

    def __init__(self, view: BatchView, device: bytes, office: bytes, now: int) -> None:
        self.stops: frozenset[bytes] = frozenset()
        self._view = view
        self._device, self._office, self._now = device, office, now
        self._found: list[Change] = []

    def look(self, changes: Iterable[Change]) -> None:
        """Find what takes records away, and stop it where it is too much."""
        once = {change.id: change for change in changes if self._may_remove(change)}
        maybe = list(once.values())
        if not maybe:
            return
        self._view.load(maybe)
        self._found = [change for change in maybe if self._removes(change)]
        groups: dict[str, list[Change]] = {}
        for change in self._found:
            groups.setdefault(self._group(change), []).append(change)
        self.stops = frozenset(
            change.id
            for group, found in groups.items()
            if self._is_too_much(group, found)
            for change in found
        )

    def note(self, outcomes: Iterable[Outcome]) -> None:
        """Write down what was taken away and what waits; forget what passed over a day ago."""
        verdicts: dict[bytes, Judgement] = {}
        for one in outcomes:
            verdicts.setdefault(one.change.id, one.judgement)  # a later one repeats it
        rows = [
            self._row(change, WAITING if change.id in self.stops else PASSED)
            for change in self._found
            if (verdict := verdicts[change.id]).verdict == "applied"
            or (change.id in self.stops and not verdict.repeated)
        ]
        if rows:
            _forget(self._view.connection, self._view.city.code, self._now - DAY_MS)
            bulk.add(self._view.connection, removal, rows)

    def _may_remove(self, change: Change) -> bool:
        """Tell by the change alone; most are none, and then nothing is read."""
        form = self._view.form(change.service)
        if form is None or change.act in _ELSEWISE or carries_paper(change):
            return False
        if change.act == EDIT:
            return bool(form.place) and form.place in change.body.answers
        return change.state in form.machine.gone

    def _removes(self, change: Change) -> bool:
        view = self._view
        form, present = view.form(change.service), view.present(change.target)
        if form is None or present is None or view.known(change.id) or change.id in view.faults:
            return False
        if change.act != EDIT:
            return present.state not in form.machine.gone
        place = {form.place: change.body.answers[form.place]}
        after = msgspec.structs.replace(present, answers={**present.answers, **place})
        return view.holding.would_lose(form, present, after)

    def _is_too_much(self, group: str, found: Sequence[Change]) -> bool:
        gone = {change.target for change in found} | self._lately(group)
        return len(gone) > FLOOR and trips(len(gone), self._scope(group, found))

    def _lately(self, group: str) -> set[bytes]:
        rows = self._view.connection.scalars(
            select(removal.c.record).where(
                removal.c.region == self._view.city.code,
                removal.c.device == self._device,
                removal.c.service_group == group,
                removal.c.received > self._now - DAY_MS,
                removal.c.state.in_((PASSED, WAITING)),
            )
        )
        return set(rows)

    def _scope(self, group: str, found: Iterable[Change]) -> int:
        """Count what the office has of a group, as far as that matters."""
        table, city = tables.record, self._view.city
        services = {change.service for change in found}
        services |= {form.code for form in city.catalogue.forms.values() if form.group == group}
        held = (
            select(table.c.id)
            .where(
                table.c.region == city.code,
                table.c.service.in_(sorted(services)),
                table.c.office == self._office,
            )
            .limit(SCOPE_MAX)
        )
        counted = self._view.connection.scalar(select(func.count()).select_from(held.subquery()))
        return int(counted or 0)

    def _group(self, change: Change) -> str:
        form = self._view.form(change.service)
        assert form is not None, "a change of an unknown form takes nothing away"
        return form.group

    def _row(self, change: Change, state: str) -> dict[str, object]:
        return {
            "region": self._view.city.code,
            "change": change.id,
            "device": self._device,
            "office": self._office,
            "service_group": self._group(change),
            "record": change.target,
            "received": self._now,
            "state": state,
            "decided_by": None,
        }


def waiting(connection: Connection, city: City, changes: Collection[bytes]) -> set[bytes]:
    """Tell which of these changes wait for an administrator."""
    fixed = {"region": city.code, "state": WAITING}
    rows = bulk.among(connection, removal, ("change",), fixed, "change", changes)
    return {row.change for row in rows}


def decided(
    connection: Connection, city: City, changes: Iterable[bytes], state: str, by: str | None
) -> None:
    """Write down what was decided on changes that waited."""
    rows = [
        {"region": city.code, "change": name, "state": state, "decided_by": by} for name in changes
    ]
    bulk.change(connection, removal, ("region", "change"), rows)


def _forget(connection: Connection, region: str, before: int) -> None:
    connection.execute(
        delete(removal).where(
            removal.c.region == region,
            removal.c.state == PASSED,
            removal.c.received <= before,
        )
    )
