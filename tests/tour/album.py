"""Pictures of every scene, in a palette of their own colours, and the page that shows them."""

import operator
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QWidget

from desktop.app import Application
from desktop.look.tokens import Theme
from tests.tour.scenes import SCENES
from tests.tour.tour import FRAMES, GATES, Frame

PICTURES = Path(__file__).parents[2] / "docs" / "pictures" / "window"
PAGE = PICTURES.parents[1] / "pictures.md"

_COLOURS_MAX = 256  # As many as one byte a dot can name.
_OWN = 96  # Colours that stand for what is very like them; rarer ones for what is somewhat so.
_NEAR, _FAR = 0xF8F8F8, 0xE0E0E0  # The bits of each channel by which colours are told apart.
_INDEXED, _GREY = QImage.Format.Format_Indexed8, QImage.Format.Format_Grayscale8
_OPAQUE = 0xFF000000
_LEAST = 0  # Of quality, which a PNG writer reads as: pack as tightly as it can.
_ALIKE_PERMILLE = 6  # Of the dots: a letter's random code and its name, where nothing else changed.
_ABOUT = {name: about for name, (about, _) in GATES.items()} | {s.name: s.about for s in SCENES}
_INTRO = """# Pictures of the window

Every page and pane, with invented people, at the two sizes of a cheap laptop's screen and at twice
the size of text. `just pictures` takes them anew and writes this page; a test fails where a page of
the window has none. In high contrast they are taken at the smaller size alone.
"""


class Album:
    """Keeps one frame's pictures; what looks as it did before keeps its file."""

    def __init__(self, frame: Frame, folder: Path = PICTURES) -> None:
        self._frame = frame
        self._folder = folder
        self.changed: list[str] = []
        folder.mkdir(parents=True, exist_ok=True)

    def stop(self, name: str, shown: QWidget, desk: Application) -> None:
        """Take a scene on every ground."""
        for ground in self._frame.grounds:
            desk.look.wear(ground=ground)
            self._keep(file_name(name, self._frame, ground), shown.grab().toImage())
        desk.look.wear(ground=Theme.LIGHT)

    def _keep(self, name: str, image: QImage) -> None:
        file = self._folder / name
        made = narrowed(image)
        if alike(QImage(str(file)), made):
            return
        writer = QImageWriter(str(file), b"png")
        writer.setQuality(_LEAST)
        if not writer.write(made):
            raise OSError(file)
        self.changed.append(name)


def file_name(scene: str, frame: Frame, ground: Theme) -> str:
    """Name the picture of a scene in a frame on a ground."""
    return f"{scene}-{frame.name}-{ground.value}.png"


def expected() -> list[str]:
    """Name every picture that the folder has."""
    return [
        file_name(scene, frame, ground)
        for scene in _ABOUT
        for frame in FRAMES
        for ground in frame.grounds
    ]


def narrowed(image: QImage) -> QImage:
    """Give the same picture in its own commonest colours, one byte a dot."""
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    dots = memoryview(plain.constBits()).cast("I")
    near: dict[int, int] = {}
    far: dict[int, int] = {}
    worn: dict[int, int] = {}
    for colour, _ in Counter(dots).most_common():  # The commonest of like colours stands for all.
        if len(near) < _OWN or colour & _NEAR in near:
            worn[colour] = near.setdefault(colour & _NEAR, colour)
            far.setdefault(colour & _FAR, colour)
        else:
            worn[colour] = far.setdefault(colour & _FAR, colour)
    table = list(dict.fromkeys(worn.values()))[:_COLOURS_MAX]
    places = {colour: at for at, colour in enumerate(table)}
    named = {colour: places.get(like, 0) for colour, like in worn.items()}
    content = bytes(map(named.__getitem__, dots))
    made = QImage(content, plain.width(), plain.height(), plain.width(), _INDEXED)
    made.setColorTable([_OPAQUE | colour for colour in table])
    return made.copy()  # Of its own, without the bytes above.


def alike(before: QImage, now: QImage) -> bool:
    """Tell whether two narrowed pictures show the same but for the dots of a random code."""
    if before.isNull() or before.size() != now.size():
        return False
    one, other = (bytes(image.convertToFormat(_GREY).constBits()) for image in (before, now))
    differing: int = sum(map(operator.ne, one, other))
    return differing <= len(one) * _ALIKE_PERMILLE // 1000


def write_page(page: Path = PAGE, scenes: Sequence[str] = tuple(_ABOUT)) -> None:
    """Write the page that shows every picture, a scene below the other."""
    rows = [_INTRO]
    for scene in scenes:
        rows.append(f"\n## {_ABOUT[scene]}\n")
        for frame in FRAMES:
            rows += [
                f"![{scene}, {frame.name}, {ground.value}]"
                f"(pictures/window/{file_name(scene, frame, ground)})"
                for ground in frame.grounds
            ]
    page.write_text("\n".join(rows) + "\n", "utf-8")
