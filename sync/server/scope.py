"""What is wrong with a change before any record is looked at: its author, place and answers."""

import logging
import traceback
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from forms.engine.check import Scene, check
from forms.engine.form import Form
from forms.engine.problem import Refused
from forms.engine.region import Office
from sync.protocol.change import Change
from sync.protocol.ties import served, takes_part
from sync.server.city import City

if TYPE_CHECKING:
    import datetime as dt

QUARANTINED = "quarantined"
HOUR_MS = 3_600_000  # time zones of the country are whole hours


_log = logging.getLogger(__name__)


def note_fault(change: Change, error: Exception) -> None:
    """Log where the program failed on a change; not the error's text, which may quote a person."""
    *_, last = traceback.extract_tb(error.__traceback__)
    place = f"{last.filename}:{last.lineno}"
    _log.error("change %s quarantined: %s at %s", change.id.hex(), type(error).__name__, place)


class Doorkeeper:
    """Looks at the changes of one batch, each for itself."""

    def __init__(self, city: City, office: Office, authors: Collection[bytes]) -> None:
        self._city = city
        self._office = office
        self._authors = authors  # the device, and those that it split off from
        self._scenes: dict[tuple[int, dt.date | None], Scene] = {}

    def faults(self, changes: Iterable[Change]) -> dict[bytes, str]:
        """Map the id of each change that may not come in to the code of the reason.

        A check that fails by a fault of ours says "quarantined": the change is kept for a mended
        server.
        """
        found = {}
        for change in changes:
            try:
                code = self._fault(change)
            except Exception as error:  # noqa: BLE001 - whatever it does to one change, the others go on
                note_fault(change, error)
                code = QUARANTINED
            if code:
                found[change.id] = code
        return found

    def _fault(self, change: Change) -> str:
        if change.device not in self._authors:
            return "author_wrong"
        form = self._city.form(change.service)
        if form is None:
            return ""  # judged by name, with its paper if it has one
        kind = self._office.kind
        offered = not form.office_kinds or kind in form.office_kinds
        if not offered and not takes_part(form, change, kind):
            return "not_in_scope"
        answers = change.body.answers
        if change.version > form.version:  # what a later form asks is kept as it came
            answers = {key: value for key, value in answers.items() if key in form.fields}
        return self._wrong_answers(form, answers, change) if answers else ""

    def _wrong_answers(self, form: Form, answers: dict[str, object], change: Change) -> str:
        try:
            check(form, answers, self._scene(change), partial=True)
        except Refused as refused:
            return refused.problems[0].code
        return ""

    def _scene(self, change: Change) -> Scene:
        """The author's own day, so that the check says here what it said at the desk."""
        hour = change.time // HOUR_MS, served(change)
        if hour not in self._scenes:
            today = self._city.day_of(change)
            self._scenes[hour] = Scene(today, self._office.area, self._city.region.areas)
        return self._scenes[hour]
