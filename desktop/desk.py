"""What every page is given: the open store, the door off the thread, the voice, the seams."""

from dataclasses import dataclass, field

from desktop.capture.watch import Watch
from desktop.drafting import Drafting
from desktop.files import Files
from desktop.look.look import Look
from desktop.notices import Notices
from desktop.printer import Printer
from desktop.tasks import Tasks
from desktop.ticket_printer import SystemTicketPrinter, TicketPrinter
from forms.engine.answers import Value
from sync.store.handle import Store


@dataclass(frozen=True, slots=True)
class Desk:
    """One signed-in desk; `repeats` are the last values of fields by service, for Ctrl+D."""

    store: Store
    tasks: Tasks
    notices: Notices
    look: Look
    printer: Printer
    files: Files
    scans: Watch
    drafting: Drafting
    repeats: dict[str, dict[str, Value]] = field(default_factory=dict)
    tickets: TicketPrinter = field(default_factory=SystemTicketPrinter)

    def repeats_of(self, service: str) -> dict[str, Value]:
        """Give the last values of one service's fields, to be read and written."""
        return self.repeats.setdefault(service, {})
