"""Which records are erased, as the judging of one transaction asks for it."""

from collections.abc import Iterable

from sqlalchemy import Connection

from sync.protocol.change import Change
from sync.server import reading


class ErasedRecords:
    """Reads what changes will be asked about; where nobody was ever erased it asks once."""

    def __init__(self, connection: Connection, region: str) -> None:
        self._connection, self._region = connection, region
        self._anybody: bool | None = None
        self._whole: dict[bytes, bool] = {}  # and whether with all that is about them

    def load(self, changes: Iterable[Change]) -> None:
        """Read what is known of the records and subjects of changes."""
        if self._anybody is None:
            self._anybody = reading.is_anybody_erased(self._connection, self._region)
        if self._anybody:
            ids = {name for change in changes for name in (change.target, change.subject) if name}
            self._whole |= reading.erased(self._connection, self._region, ids)

    def covers(self, change: Change) -> bool:
        """Tell whether the record was erased, or its subject with all that is about them."""
        return change.target in self._whole or self._whole.get(change.subject, False)

    def note(self, record: bytes) -> None:
        """Let a record be erased from its first change on."""
        self._whole.setdefault(record, False)
