"""One laptop of a run: its store, its clock, and what its clerk saw before each change."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from forms.engine.problem import Refused
from sync.store import kept
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from sync.store.open import unlock
from tests.simulation.disk import PowerCut
from tests.simulation.older import OlderStore
from tests.simulation.pattern import PASSPHRASE

if TYPE_CHECKING:
    from tests.simulation.world import World

Values = tuple[object, ...]


class Laptop:
    """A folder with a store, open while somebody works."""

    def __init__(self, world: "World", name: str, operator: str, office: str) -> None:
        self.world = world
        self.name = name
        self.operator = operator
        self.office = office
        self.folder: Path = world.root / name
        self.skew = 0
        self.is_older = False  # it has an earlier version of the program
        self.images: list[Path] = []
        self.cuts = 0
        self.worked = False  # since it was looked at last
        self._noted = -1  # statements of the disk when it was
        self._seen = 0
        self._store: Store | None = None

    @property
    def store(self) -> Store:
        """Its open store."""
        if self._store is None:
            self._store = unlock(
                self.folder, self.operator, PASSPHRASE, keystore=NoKeystore(), now=self.now
            )
            if self.is_older:
                self._store.__class__ = OlderStore
                self._store.own = None
        return self._store

    @property
    def device(self) -> bytes:
        """Name its installation."""
        return self.store.desk.device

    def now(self) -> int:
        """Tell the time by its own clock, which may be wrong."""
        return self.world.now + self.skew

    @contextmanager
    def working(self) -> Iterator[None]:
        """Do something that a power cut may end; what it leaves is noted."""
        self.world.disk.side = "laptop"
        self.worked = True
        try:
            yield
        except PowerCut:
            self.cuts += 1
            self.world.trace.add("cut", self.name)
            self.close()
        finally:
            self.world.disk.calm()
            self.note()

    def attempt(self, work: Callable[[], object]) -> bool:
        """Do something that may be refused; tells whether it was done."""
        try:
            work()
        except Refused as refused:
            codes = [problem.code for problem in refused.problems]
            self.world.trace.add("refused", self.name, *codes)
            self.world.model.refused(self, codes)
            return False
        self.note()
        return True

    def note(self) -> None:
        """Tell the model which acts are on this disk now; no statement has left none."""
        if self.world.disk.statements != self._noted:
            with self.store.read() as conn:
                rows = conn.exec_driver_sql(
                    "SELECT n, id, plain FROM change WHERE n > ? AND seq IS NOT NULL ORDER BY n",
                    (self._seen,),
                ).all()
            for n, name, plain in rows:
                self._seen = n
                self.world.model.saved(self, kept.unpack(plain, name))
            self._noted = self.world.disk.statements
        self.world.model.noted(self)

    def close(self) -> None:
        """Shut it, as a killed process or a closed lid leaves it."""
        if self._store is not None:
            self._store.close()
            self._store = None

    def image(self) -> None:
        """Take an image of the whole disk, to be put back some day."""
        self.close()
        target = self.world.root / f"{self.name}.image{len(self.images)}"
        shutil.copytree(self.folder, target)
        self.images.append(target)

    def put_back(self, image: Path) -> None:
        """Put an image back in place of what is there."""
        self.close()
        shutil.rmtree(self.folder)
        shutil.copytree(image, self.folder)
        self._seen, self._noted = 0, -1
