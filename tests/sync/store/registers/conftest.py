"""A laptop on which letters are issued and post is entered."""

import datetime as dt
import os
from collections.abc import Callable
from typing import Any

import pytest

from sync.protocol.change import Body, Change, named
from sync.store import records, settings
from sync.store.handle import Store
from sync.store.records import Saved
from sync.store.registers import page as pages
from sync.store.registers import report
from sync.store.registers.page import Page
from sync.store.registers.table import Period
from tests.sync.store.laptop import LETTER, START, Desk

YEAR = Period(dt.date(2026, 1, 1), dt.date(2026, 12, 31))
DAY_MS = 24 * 3_600_000
HOUR_MS = 3_600_000


@pytest.fixture
def issue(store: Store, business: dict[str, Any]) -> Callable[..., Saved]:
    """Issue a letter; what isn't given is the example's."""

    def issued(**answers: Any) -> Saved:
        return records.new(store, LETTER, business | answers, issue=True)

    return issued


@pytest.fixture
def enter(store: Store, samples: dict[str, dict[str, Any]]) -> Callable[..., Saved]:
    """Enter a piece of post; what isn't given is the example's, None leaves an answer out."""

    def entered(kind: str, *, subject: bytes = b"", **answers: Any) -> Saved:
        whole = samples[f"mail/{kind}"] | answers
        given = {key: value for key, value in whole.items() if value is not None}
        return records.new(store, f"mail/{kind}", given, subject=subject)

    return entered


@pytest.fixture
def look(store: Store) -> Callable[..., Page]:
    """Look into a book of the whole year."""

    def looked(name: str, period: Period = YEAR, **given: Any) -> Page:
        return pages.page(store, name, period, **given)

    return looked


@pytest.fixture
def cell() -> Callable[..., Any]:
    """Give the cell of a page's row under a heading's key."""

    def found(page: Page, row: int, key: str) -> Any:
        return page.rows[row].cells[[column.key for column in page.columns].index(key)]

    return found


@pytest.fixture
def days(desk: Desk, store: Store) -> Callable[[float], None]:
    """Let days pass on which the server is heard, so that the clock is in no doubt."""

    def passed(count: float) -> None:
        desk.clock.time += round(count * DAY_MS)
        with store.write() as conn:
            settings.write(conn, "joined", desk.clock.time)
            store.know(conn)

    return passed


@pytest.fixture
def month() -> Period:
    return report.period(dt.date(2026, 11, 1), dt.date(2026, 11, 30))


@pytest.fixture
def afar() -> Callable[..., Change]:
    """Make an act on a letter as another desk of the office does it."""

    def made(act: str, answers: dict[str, Any], **said: Any) -> Change:
        body = Body(answers, said.pop("reason", ""), said.pop("paper", None))
        usual: dict[str, Any] = {
            "device": b"afar" * 4,
            "incarnation": b"afarafar",
            "seq": 9,
            "operator": b"",
            "time": START,
            "service": LETTER,
            "version": 1,
            "record": b"",
            "subject": b"",
            "base": {},
            "state": "",
            "number": None,
            "salt": os.urandom(12),
        }
        return named(Change(act=act, body=body, **(usual | said)))

    return made
