"""Operators' keys in the window: read, vouched for and ended by keyboard; unsigned acts listed."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from desktop.app import Application
from desktop.look.lists import EntryList
from desktop.pictures import Visitor
from sync.crypto.authorship import OperatorKeys
from sync.protocol import authorship
from sync.protocol.change import Change
from sync.protocol.stream import Fate
from sync.store import conflicts, kept, key_list, operators
from sync.store.handle import Store
from sync.store.journal import Journal
from sync.store.keystore import NoKeystore
from sync.store.statements import Connection
from tests.desktop.office import PASSPHRASE, business

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier
COLLEAGUE = "Budi Santoso"
SECOND = OperatorKeys.of(b"2" * 32)


@pytest.fixture
def waiting(store: Store) -> bytes:
    """A second key of a colleague's that nobody vouched for, and an unsigned letter of theirs."""
    person = operators.add(store, COLLEAGUE, ["petugas"], PASSPHRASE, keystore=NoKeystore())
    record = business(store, "Sari Dewi", issue=True)
    form = store.catalogue.form(authorship.SERVICE)
    with store.write() as conn:
        journal = Journal(store, conn)
        journal.bring(form, person.id, SECOND)
        journal.flush()
        # The city's word on both, as pages of the stream bring it.
        marked = "UPDATE change SET code = ? WHERE id = ?"
        conn.exec_driver_sql(marked, (authorship.MISSING, act(conn, SECOND.name, "new").id))
        issue = act(conn, record, "issue")
        fate = Fate(1, issue.id, "applied", authorship.MISSING, store.desk.office.id, 0)
        conflicts.follow(store, conn, [(fate, issue)], set())
    return record


def act(conn: Connection, record: bytes, name: str) -> Change:
    rows = conn.exec_driver_sql("SELECT id, plain FROM change WHERE record = ?", (record,))
    told = [kept.unpack(row.plain, row.id) for row in rows]
    return next(change for change in told if change.act == name)


def rows() -> list[str]:
    focus = QApplication.focusWidget()
    assert isinstance(focus, EntryList)
    found = [focus.entries.entry(row) for row in range(focus.entries.rowCount())]
    return [f"{row.title}: {row.chip}" for row in found if row is not None]


def at_keys(visitor: Visitor) -> None:
    visitor.press(KEY.Key_F10)
    visitor.press(KEY.Key_G, CTRL)


def second(store: Store) -> key_list.Key:
    return next(key for key in key_list.keys(store) if key.id == SECOND.name)


def test_a_key_that_waits_is_chosen_first_and_vouched_for_by_one_key(
    store: Store, desk: Application, visitor: Visitor, waiting: bytes
) -> None:
    at_keys(visitor)
    assert rows().count(f"{COLLEAGUE}: Belum disahkan") == 1
    assert not second(store).counts

    visitor.press(KEY.Key_F9)

    assert (second(store).state, second(store).counts) == (authorship.VOUCHED, True)
    assert second(store).vouched_by == store.operator.name
    assert f"{COLLEAGUE}: Belum disahkan" not in rows()
    page = desk.window.page()
    assert page is not None
    visitor.press(KEY.Key_Escape)
    assert desk.window.page() is page


def test_a_key_is_ended_with_a_reason_and_not_without_one(
    store: Store, desk: Application, visitor: Visitor, waiting: bytes
) -> None:
    at_keys(visitor)
    visitor.press(KEY.Key_Delete, CTRL)
    visitor.press(KEY.Key_Return)
    assert second(store).state == authorship.BROUGHT

    visitor.press(KEY.Key_Escape)  # asked no more
    visitor.press(KEY.Key_Delete, CTRL)
    visitor.type("Laptopnya hilang")
    visitor.press(KEY.Key_Return)

    ended = second(store)
    assert (ended.state, ended.reason) == (authorship.ENDED_STATE, "Laptopnya hilang")
    assert (ended.ended_by, ended.ended > 0, ended.actions) == (store.operator.name, True, ())
    assert f"{COLLEAGUE}: Diakhiri" in rows()


def test_what_lacks_a_signature_is_listed_and_opened(
    store: Store, desk: Application, visitor: Visitor, waiting: bytes
) -> None:
    at_keys(visitor)
    visitor.press(KEY.Key_F6)
    (row,) = rows()
    assert row.endswith(": Tanpa tanda tangan")
    assert store.operator.name in row

    visitor.press(KEY.Key_Return)

    assert desk.window._here == "counter"


@pytest.mark.parametrize("role", ["petugas"])
def test_who_does_not_keep_the_people_here_is_not_shown_their_keys(
    store: Store, desk: Application, visitor: Visitor
) -> None:
    visitor.press(KEY.Key_F10)
    words = [action.text() for action in desk.window.deeds() if action.isEnabled()]
    assert not [text for text in words if "Kunci petugas" in text]

    visitor.press(KEY.Key_G, CTRL)

    assert not isinstance(QApplication.focusWidget(), EntryList)
