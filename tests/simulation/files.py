"""Pictures that clerks attach: they arrive after everything else, and anybody may open them.

at rest   every laptop's own files are with the city
          another desk that wants one has it after a trip, as it was
"""

from pathlib import Path
from typing import TYPE_CHECKING

from forms.engine.problem import Refused
from sync.store import attachments, read, status
from tests.simulation.acts import CANARY, PICTURE
from tests.simulation.laptop import Laptop
from tests.simulation.pattern import LETTER

if TYPE_CHECKING:
    from sync.store.read import Record
    from tests.simulation.world import World

HEAD = b"\x89PNG\r\n\x1a\n"
SIZE_MAX = 3_000


class Files:
    """The pictures of one run, as they were."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._drawn: set[bytes] = set()

    def draw(self) -> Path:
        """Make a picture that nobody has yet."""
        chance = self._world.chance
        content = HEAD + CANARY.encode() + chance.randbytes(chance.randrange(8, SIZE_MAX))
        self._drawn.add(content)
        path = self._world.root / f"{self._world.count()}.png"
        path.write_bytes(content)
        return path

    def check(self) -> None:
        """Check that none is lost; this makes trips."""
        if not self._drawn:
            return
        for laptop in self._world.laptops:
            told = status.status(laptop.store)
            assert told.files == 0, f"I10: {laptop.name} still has {told.files} files"
        for laptop in self._world.laptops:
            cited = [one for one in read.listing(laptop.store, LETTER) if _file(one)]
            for found in cited[:1]:
                self._opens(laptop, found)

    def _opens(self, laptop: Laptop, found: "Record") -> None:
        content = _opened(laptop, found)
        if content is None:
            self._world.travel(laptop)
            content = _opened(laptop, found)
        lost = self._world.model.was_bereft  # with a laptop that alone had it
        assert content in self._drawn or (content is None and lost), "I1: a file is lost"


def _file(found: "Record") -> object:
    said = found.answers.get(PICTURE)
    return said if isinstance(said, dict) and "file" in said else None


def _opened(laptop: Laptop, found: "Record") -> bytes | None:
    try:
        return attachments.opened(laptop.store, found.answers[PICTURE])
    except Refused as refused:
        if refused.problems[0].code != "attachment_awaited":
            raise
        return None
