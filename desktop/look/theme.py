"""Puts a theme on the application: Fusion, one palette, one style sheet, one font."""

import re
from pathlib import Path

from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from desktop.look import fonts
from desktop.look.tokens import Tokens

SHEET = Path(__file__).parents[2] / "resources" / "styles" / "desk.qss"

_NAME = re.compile(r"@([a-z_0-9]+)")

_GROUP = QPalette.ColorGroup
_ROLE = QPalette.ColorRole


def wear(app: QApplication, tokens: Tokens) -> None:
    """Dress the whole application; may be called again at any time with another theme."""
    if not fonts.is_loaded():
        fonts.load()
        app.setStyle("Fusion")
    app.setFont(fonts.font(tokens.measures.body))
    app.setPalette(palette(tokens))
    app.setStyleSheet(sheet(tokens))


def sheet(tokens: Tokens) -> str:
    """Fill the style sheet with tokens; a name that isn't one is a KeyError."""
    names = tokens.names()
    return _NAME.sub(lambda found: names[found[1]], SHEET.read_text("utf-8"))


def palette(tokens: Tokens) -> QPalette:
    """Give Fusion the same colours, for the parts that a style sheet can't reach."""
    shade = tokens.colours
    made = QPalette()
    for role, colour in (
        (_ROLE.Window, shade.canvas),
        (_ROLE.WindowText, shade.text),
        (_ROLE.Base, shade.surface),
        (_ROLE.AlternateBase, shade.canvas),
        (_ROLE.ToolTipBase, shade.text),
        (_ROLE.ToolTipText, shade.surface),
        (_ROLE.PlaceholderText, shade.muted),
        (_ROLE.Text, shade.text),
        (_ROLE.Button, shade.surface),
        (_ROLE.ButtonText, shade.text),
        (_ROLE.BrightText, shade.danger),
        (_ROLE.Link, shade.accent),
        (_ROLE.LinkVisited, shade.accent),
        (_ROLE.Highlight, shade.accent),
        (_ROLE.HighlightedText, shade.on_accent),
        (_ROLE.Accent, shade.accent),
        (_ROLE.Light, shade.line),
        (_ROLE.Midlight, shade.line),
        (_ROLE.Mid, shade.edge),
        (_ROLE.Dark, shade.edge),
        (_ROLE.Shadow, shade.edge),
    ):
        made.setColor(role, QColor(colour))
    for role in (_ROLE.WindowText, _ROLE.Text, _ROLE.ButtonText):
        made.setColor(_GROUP.Disabled, role, QColor(shade.muted))
    return made
