import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from forms.engine import catalogue
from forms.engine.answers import Scene
from forms.engine.areas import Area, Areas
from forms.engine.catalogue import Catalogue
from forms.engine.form import Form
from forms.engine.problem import Problem

HEAD = """\
code = "rooms/thing"
title = "Sesuatu"
version = 1
group = "things"
states = "plain"
"""
STATES = """\
start = "open"
states = ["open", "closed"]
create = ["petugas"]
edit = ["petugas"]
editable = ["open"]

[[action]]
name = "close"
from = ["open"]
to = "closed"
roles = ["petugas"]
reason = true
"""

Author = Callable[..., tuple[tuple[Form, ...], tuple[Problem, ...]]]


@pytest.fixture(scope="session")
def areas() -> Areas:
    return Areas(
        [
            Area("99", "Contoh Raya", "provinsi"),
            Area("99.71", "Kota Contoh", "kota"),
            Area("99.71.01", "Teladan", "kecamatan"),
            Area("99.71.01.1001", "Sukamaju", "kelurahan"),
            Area("99.71.01.1002", "Sukarukun", "kelurahan"),
            Area("99.71.02", "Harapan", "kecamatan"),
        ]
    )


@pytest.fixture(scope="session")
def scene(areas: Areas) -> Scene:
    return Scene(dt.date(2026, 11, 21), "99.71.01.1001", areas)


@pytest.fixture(scope="session")
def shipped() -> Catalogue:
    return catalogue.load()


@pytest.fixture
def author(tmp_path: Path) -> Author:
    """Writes one form file (and what it includes) and reads it as the catalogue does."""

    def write(
        body: str, *, head: str = HEAD, states: str = STATES, **sections: str
    ) -> tuple[tuple[Form, ...], tuple[Problem, ...]]:
        for folder in ("rooms/thing", "shared/sections", "shared/states"):
            (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / "shared/states/plain.toml").write_text(states, "utf-8")
        for name, text in sections.items():
            (tmp_path / f"shared/sections/{name}.toml").write_text(text, "utf-8")
        (tmp_path / "rooms/thing/form.toml").write_text(head + body, "utf-8")
        return catalogue.survey(tmp_path)

    return write


@pytest.fixture
def form(author: Author) -> Callable[[str], Form]:
    """Makes a form of its fields, which must be right."""

    def make(body: str) -> Form:
        forms, problems = author('\n[[section]]\ntitle = "Satu"\n' + body)
        assert problems == ()
        return forms[0]

    return make
