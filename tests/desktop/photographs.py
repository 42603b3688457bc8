"""Pictures as telephones and scanners make them, with all that they write beside what is seen."""

import hashlib
import struct
import zlib

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter

SECRETS = (b"CANARY-6.1783S-106.6319E", b"CANARY-THUMBNAIL", b"CANARY-COMMENT", b"CANARY-XMP")
_TOP = QColor("#c02020")


def image(width: int = 640, height: int = 480) -> QImage:
    """A white sheet with a red bar along its top and some writing."""
    made = QImage(width, height, QImage.Format.Format_RGB32)
    made.fill(Qt.GlobalColor.white)
    painter = QPainter(made)
    painter.fillRect(QRect(0, 0, width, height // 5), _TOP)
    painter.setFont(QFont("Inter", 20))
    painter.drawText(20, height // 2, "SURAT PENGANTAR RT 003 RW 007")
    painter.end()
    return made


def written(made: QImage, kind: str = "jpeg", quality: int = 90) -> bytes:
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert made.save(buffer, kind, quality)  # type: ignore[call-overload] # the stubs know file names only
    buffer.close()
    return bytes(held.data())


def noise(width: int, height: int) -> QImage:
    """What no encoder can make small."""
    grains = hashlib.shake_256(b"grains").digest(4 * width * height)
    return QImage(grains, width, height, QImage.Format.Format_RGB32).copy()


def snapshot(made: QImage, orientation: int = 1) -> bytes:
    """A telephone's JPEG: place, small preview, comment and description in it, each a canary."""
    plain = written(made)
    exif = b"Exif\0\0" + _tiff(orientation) + SECRETS[1]
    extra = _segment(0xE1, exif)
    extra += _segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRETS[3])
    extra += _segment(0xFE, SECRETS[2])
    return plain[:2] + extra + plain[2:]


def described_png(made: QImage) -> bytes:
    """A PNG with a text beside its picture."""
    plain = written(made, "png")
    head = 8 + 25  # signature and first chunk
    return plain[:head] + _chunk(b"tEXt", b"Comment\0" + SECRETS[2]) + plain[head:]


def bomb(width: int = 60_000, height: int = 60_000) -> bytes:
    """A PNG of a few bytes that says to be vast."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = _chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + body + _chunk(b"IEND", b"")


def is_red(made: QImage, x: int, y: int) -> bool:
    found = made.pixelColor(x, y)
    return found.red() > 120 and found.green() < 90 and found.blue() < 90


def _tiff(orientation: int) -> bytes:
    """Orientation, and a place of 24 letters behind the table."""
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    entries += struct.pack("<HHII", 0x010E, 2, len(SECRETS[0]), 8 + 2 + 24 + 4)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", 2) + entries + bytes(4) + SECRETS[0]


def _segment(mark: int, content: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, mark, len(content) + 2) + content


def _chunk(name: bytes, content: bytes) -> bytes:
    return (
        struct.pack(">I", len(content))
        + name
        + content
        + struct.pack(">I", zlib.crc32(name + content))
    )
