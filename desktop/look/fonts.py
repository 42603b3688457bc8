"""The one typeface of the desk, carried along so that every machine lays pages out alike."""

from pathlib import Path

from PySide6.QtGui import QFont, QFontDatabase

FAMILY = "Inter"
FOLDER = Path(__file__).parents[2] / "resources" / "third_party" / "inter"


def load() -> tuple[str, ...]:
    """Hand the bundled weights to Qt; gives the families that it now knows (none: no files)."""
    families: list[str] = []
    for file in sorted(FOLDER.glob("*.otf")):
        number = QFontDatabase.addApplicationFont(str(file))
        families += QFontDatabase.applicationFontFamilies(number) if number >= 0 else []
    return tuple(dict.fromkeys(families))


def is_loaded() -> bool:
    """Tell whether Qt knows the family already, from us or from the system."""
    return QFontDatabase.hasFamily(FAMILY)


def font(pixels: int, *, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Make the desk's font with figures of one width, so that dates and NIKs stand in columns."""
    made = QFont(FAMILY)
    made.setPixelSize(pixels)
    made.setWeight(weight)
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setFeature(QFont.Tag("calt"), 1)
    return made
