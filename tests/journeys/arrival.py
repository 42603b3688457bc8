"""The first minutes of a desk: a laptop joins its office and gets the residents of a workbook."""

from pathlib import Path

from PySide6.QtCore import Qt

from desktop.app import Application
from desktop.pictures import Visitor
from desktop.wizard import steps
from desktop.wizard.page import WizardPage
from sync.client.enrol import enrol
from sync.client.https import Https
from sync.client.trip import trip
from sync.server import codes
from sync.server.city import City, clock
from sync.server.run import Running
from sync.store.handle import Store
from sync.store.keystore import NoKeystore
from tests.desktop.office import OFFICE, OPERATOR, PASSPHRASE, PRACTICE

KEY = Qt.Key
CTRL = Qt.KeyboardModifier.ControlModifier


def join(clerk: Visitor, application: Application, city: City, server: Running) -> Store:
    """Type what the administrator gave out; the desk is open afterwards."""
    code, _ = codes.make(city, OFFICE, "kepala", "test")
    clerk.take("01_join")
    clerk.press(KEY.Key_Return)  # the region that is listed first
    for text in (server.url, code, OPERATOR, PASSPHRASE, PASSPHRASE):
        clerk.type(text)
        clerk.press(KEY.Key_Return)
    clerk.rest(lambda: _has_joined(application))
    clerk.take("01_printer")
    clerk.press(KEY.Key_Tab)  # from the test page to "later"
    clerk.press(KEY.Key_Return)
    for _ in range(2):  # one trial trip, then to work
        clerk.press(KEY.Key_Return)
    clerk.rest(lambda: application.work is not None)
    assert application.work is not None
    return application.work.desk.store


def bring_residents(clerk: Visitor, file: Path = PRACTICE) -> None:
    """Try a workbook of residents, then take it."""
    clerk.press(KEY.Key_F8)
    clerk.type(file.name)
    clerk.press(KEY.Key_Return, CTRL)
    clerk.take("03_import_tried")
    clerk.press(KEY.Key_F9)
    clerk.take("04_import_taken")


def second_desk(folder: Path, city: City, server: Running) -> Store:
    """Enrol a colleague's laptop in the same office and make its first trip."""
    code, _ = codes.make(city, OFFICE, "petugas", "test")
    store = enrol(
        folder,
        url=server.url,
        code=code,
        operator="Bima Wardhana",
        phrase=PASSPHRASE,
        keystore=NoKeystore(),
        now=clock,
    )
    road = Https(server.url)
    trip(store, road)
    road.close()
    return store


def _has_joined(application: Application) -> bool:
    gate = application.window.gate()
    return isinstance(gate, WizardPage) and gate.step == steps.PRINTER
