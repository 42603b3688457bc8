import re
import sys

import PySide6
import pytest
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPalette
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from desktop.look import icons, theme
from desktop.look.fonts import FAMILY, font
from desktop.look.look import Look
from desktop.look.tokens import SCALES, Theme, tokens

HERE = theme.SHEET.parents[2]
PATTERN = r'(?:glyph=|Glyph\(|picture\(|setProperty\("glyph", )"([a-z-]+)"'


def test_pyside_is_not_one_that_aborts_on_this_python() -> None:
    assert not (PySide6.__version_info__[:2] >= (6, 12) and sys.version_info < (3, 12))


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from 3.12 on")
def test_setting_a_text_takes_no_reference_from_none(qtbot: QtBot) -> None:
    label = QLabel()
    qtbot.addWidget(label)
    before = sys.getrefcount(None)

    for _ in range(100):
        label.setText("x")

    assert sys.getrefcount(None) - before > -50


def test_the_style_sheet_uses_only_tokens_that_exist() -> None:
    filled = theme.sheet(tokens(Theme.LIGHT))

    assert "@" not in re.sub(r"/\*.*?\*/", "", filled, flags=re.DOTALL)


def test_figures_are_all_of_one_width(look: Look) -> None:
    metrics = QFontMetrics(font(13))

    assert len({metrics.horizontalAdvance(figure * 10) for figure in "0123456789"}) == 1


def test_the_bundled_typeface_is_worn(look: Look, qtbot: QtBot) -> None:
    label = QLabel("Sari")
    qtbot.addWidget(label)
    label.ensurePolished()

    assert label.fontInfo().family() == FAMILY


def test_a_label_keeps_figures_of_one_width_under_the_style_sheet(look: Look, qtbot: QtBot) -> None:
    label = QLabel("1111")
    label.setProperty("role", "title")
    qtbot.addWidget(label)
    label.ensurePolished()

    assert label.font().isFeatureSet(QFont.Tag("tnum"))


@pytest.mark.parametrize("ground", Theme)
def test_every_ground_gives_fusion_the_same_colours(
    look: Look, qapp: QApplication, ground: Theme
) -> None:
    look.wear(ground=ground)

    shade = look.tokens.colours
    assert qapp.palette().color(QPalette.ColorRole.Base) == QColor(shade.surface)
    assert qapp.palette().color(QPalette.ColorRole.Text) == QColor(shade.text)


def test_text_grows_by_steps_and_stops_at_twice_its_size(look: Look) -> None:
    sizes = []
    for _ in range(len(SCALES) + 2):
        look.grow(1)
        sizes.append(look.tokens.measures.body)

    assert sizes == sorted(sizes)
    assert look.tokens.scale == 2.0
    assert look.tokens.measures.body == 26


def test_a_look_that_stays_the_same_is_not_put_on_again(look: Look) -> None:
    heard = []
    look.changed.connect(lambda: heard.append(1))

    look.wear(ground=Theme.LIGHT)

    assert heard == []


def test_an_icon_is_painted_in_the_colour_that_was_asked_for(look: Look) -> None:
    image = icons.picture("check", "#FF0000", 32).toImage()

    inks = {
        image.pixelColor(x, y).name()
        for x in range(32)
        for y in range(32)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert inks == {"#ff0000"}


def test_the_same_icon_is_drawn_once() -> None:
    assert icons.picture("check", "#00FF00", 16) is icons.picture("check", "#00FF00", 16)


def test_every_icon_that_the_desk_names_is_there() -> None:
    known = {file.stem for file in icons.FOLDER.glob("*.svg")}
    named: set[str] = set()
    for file in (HERE / "desktop").rglob("*.py"):
        text = file.read_text("utf-8")
        named |= set(re.findall(PATTERN, text))

    assert named
    assert named - known == set()
