"""A laptop with an earlier version of the program, that does not know two fields of residents yet.

One of them is a group of its own, the other joined a group that was there before.
"""

import shutil
from functools import lru_cache
from pathlib import Path

from forms.engine import catalogue
from forms.engine.catalogue import Catalogue
from sync.store.handle import Store
from tests.simulation import pattern

LATER = ("telepon", "rt")  # the fields that only later versions know
RESIDENTS = Path("residents") / "resident" / "form.toml"
LETTERS = frozenset({Path(pattern.LETTER).name, "__init__.py"})  # the others take time to read
FIELD = "[[section.field]]\n"


class OlderStore(Store):
    """A store whose program has the forms of an earlier version."""

    @property
    def catalogue(self) -> Catalogue:
        """Every form there was."""
        return _catalogue()


@lru_cache
def _catalogue() -> Catalogue:
    root = pattern.make().root / "older"
    shutil.copytree(catalogue.FORMS, root, ignore=_others)
    text = (root / RESIDENTS).read_text("utf-8")
    fields = text.split(FIELD)
    starts = tuple(f'key = "{key}"' for key in LATER)
    earlier = [field for field in fields if not field.startswith(starts)]
    assert len(earlier) == len(fields) - len(LATER), "there are such fields"
    (root / RESIDENTS).write_text(FIELD.join(earlier), "utf-8")
    return catalogue.usable(root)


def _others(folder: str, names: list[str]) -> set[str]:
    return set(names) - LETTERS if Path(folder).name == "letters" else set()
