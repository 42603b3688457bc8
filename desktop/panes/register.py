"""The register of residents for the editors of a form, read in the store's lane."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject

from desktop import acts, rows
from desktop.desk import Desk
from desktop.form_view.residents import Resident
from desktop.tasks import Latest
from forms.engine.problem import Refused
from sync.store import read
from sync.store.handle import Store
from sync.store.read import Record

FOUND_MAX = 12  # They stand below a field; another letter narrows them.


class Register:
    """Finds residents while a name is typed; whose office sees none of them finds nobody."""

    def __init__(self, desk: Desk, owner: QObject) -> None:
        self._desk = desk
        self._owner = owner
        self._finding = Latest(desk.tasks, owner)
        self._sees = desk.store.sees(desk.store.catalogue.form(acts.PEOPLE))

    def find(self, text: str, then: Callable[[Sequence[Resident]], None]) -> None:
        """Find residents by what was typed, the best first."""
        if self._sees:
            self._finding.ask(partial(_find, self._desk.store, text), then)
        else:
            then(())

    def know(self, record: str, then: Callable[[Resident], None]) -> None:
        """Read one resident by id; nothing follows for an id that is nobody's here."""

        def told(found: Resident | None) -> None:
            if found is not None:
                then(found)

        self._desk.tasks.run(self._owner, partial(_read, self._desk.store, record), told)


def _find(store: Store, text: str) -> list[Resident]:
    return [_resident(r) for r in read.find(store, text, service=acts.PEOPLE, limit=FOUND_MAX)]


def _read(store: Store, record: str) -> Resident | None:
    try:
        found = read.record(store, bytes.fromhex(record))
    except (Refused, ValueError):
        return None
    return _resident(found) if found.service == acts.PEOPLE else None


def _resident(record: Record) -> Resident:
    told = rows.told_apart(record.answers)
    detail = " · ".join(part for part in told if part)
    return Resident(record.id.hex(), rows.name(record.answers), detail, record.answers)
