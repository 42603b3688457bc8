"""A photograph or scan made small enough for a slow line, and still to be read.

What comes out is a JPEG painted anew: nothing of the old file is in it but what can be seen. Place,
time, camera, small preview and comments are gone, and it stands as the camera was held.
"""

import re
from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QImageWriter, QPainter

from forms.engine.problem import Problem, Refused
from sync.protocol import attachment

MOST = 300_000  # bytes; 40 seconds at 64 kbit/s
PIXELS_MAX = (
    64_000_000  # 256 MB unpacked; a sheet at 600 dpi has 35, a telephone's picture 12 to 50
)
SIDE_MAX = 30_000  # pixels
SMALL = 220  # pixels of the longer side of what is shown before it is attached

# Longer side and quality, from best to what fits any noise. Down to 1400 text of 8 points on a
# whole sheet is read with ease: an x is 7 pixels high; a sheet written full of it ends there.
STEPS = (
    (2200, 82), (2200, 70), (2000, 62), (1800, 55), (1600, 50), (1600, 38),
    (1400, 35), (1200, 30), (900, 28), (640, 20),
)  # fmt: skip

_FORMATS = {"image/jpeg": b"jpeg", "image/png": b"png", "image/webp": b"webp"}
_SEGMENT = re.compile(rb"\xff+([\x01-\xfe])", re.DOTALL)
_SCAN, _END = 0xDA, b"\xff\xd9"
_BARE = frozenset({0x01, *range(0xD0, 0xD9)})  # marks without a length behind them


def is_picture(content: bytes) -> bool:
    """Tell whether the first bytes are those of a picture that is taken."""
    return attachment.type_of(content) in _FORMATS


def opened(content: bytes) -> QImage:
    """Unpack a picture as it is to be seen, no longer than the first of STEPS.

    Its size is looked at before anything is unpacked. Refused(picture_damaged | picture_vast).
    """
    kind = attachment.type_of(content)
    if kind not in _FORMATS or not _is_whole(kind, content):
        raise Refused(Problem("picture_damaged"))
    held = QByteArray(content)
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(_FORMATS[kind]))
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid() or size.isEmpty():
        raise Refused(Problem("picture_damaged"))
    check_size(size)
    longest = STEPS[0][0]
    if max(size.width(), size.height()) > longest:
        small = size.scaled(longest, longest, Qt.AspectRatioMode.KeepAspectRatio)
        reader.setScaledSize(small.expandedTo(QSize(1, 1)))
    image = reader.read()
    if image.isNull():
        raise Refused(Problem("picture_damaged"))
    return image


def check_size(size: QSize) -> None:
    """Refused(picture_vast) for a picture that would fill the memory."""
    pixels = size.width() * size.height()
    if pixels > PIXELS_MAX or max(size.width(), size.height()) > SIDE_MAX:
        millions = PIXELS_MAX // 1_000_000
        raise Refused(Problem("picture_vast", facts={"max": millions}))


def shrunk(image: QImage, reach: Callable[[int], None]) -> bytes:
    """Write a picture as a JPEG of at most MOST bytes; `reach` hears shares of a hundred."""
    drawn = QImage()
    made = b""
    for at, (side, quality) in enumerate(STEPS):
        reach(100 * at // len(STEPS))
        wanted = _fitted(image.size(), side)
        if drawn.size() != wanted:
            drawn = _painted(image, wanted)
        made = _written(drawn, quality)
        if len(made) <= MOST:
            break
    return made


def small(image: QImage) -> bytes:
    """Write a picture as it is shown before it is attached."""
    return _written(_painted(image, _fitted(image.size(), SMALL)), 80)


def _fitted(size: QSize, side: int) -> QSize:
    if max(size.width(), size.height()) <= side:
        return size
    found = size.scaled(side, side, Qt.AspectRatioMode.KeepAspectRatio)
    return found.expandedTo(QSize(1, 1))


def _painted(image: QImage, size: QSize) -> QImage:
    """Paint on white paper; a fresh picture has no texts, no place and no colour profile."""
    smooth = Qt.TransformationMode.SmoothTransformation
    same = image.size() == size
    scaled = image if same else image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, smooth)
    paper = QImage(size, QImage.Format.Format_RGB32)
    paper.fill(Qt.GlobalColor.white)
    scaled.setDevicePixelRatio(1.0)
    painter = QPainter(paper)
    painter.drawImage(0, 0, scaled)
    painter.end()
    return paper


def _written(image: QImage, quality: int) -> bytes:
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"jpeg"))
    writer.setQuality(quality)
    writer.setOptimizedWrite(True)
    if not writer.write(image):
        raise Refused(Problem("picture_damaged"))
    buffer.close()
    return bytes(held.data())


def _is_whole(kind: str, content: bytes) -> bool:
    """Tell whether a picture goes to its end: half of one would be unpacked as a grey sheet."""
    if kind == "image/png":
        return b"IEND" in content[-256:] or b"\0\0\0\0IEND\xaeB`\x82" in content
    if kind == "image/webp":
        return len(content) >= 8 + int.from_bytes(content[4:8], "little")
    at = 2
    while found := _SEGMENT.match(content, at):
        mark, at = found[1][0], found.end()
        if mark == _SCAN:
            return content.find(_END, at) >= 0  # within a scan these two bytes are the end alone
        if mark not in _BARE:
            at += int.from_bytes(content[at : at + 2], "big")
    return False
