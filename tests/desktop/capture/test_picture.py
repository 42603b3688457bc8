"""A photograph becomes small, stays readable, and says nothing but what can be seen."""

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter
from PySide6.QtWidgets import QApplication

from desktop.capture import picture
from forms.engine.problem import Refused
from tests.desktop import photographs

pytestmark = pytest.mark.usefixtures("qapp")

DPI = 200
A4 = QSize(1654, 2339)


def shrunk(content: bytes) -> bytes:
    return picture.shrunk(picture.opened(content), lambda _share: None)


def code(content: bytes) -> str:
    with pytest.raises(Refused) as refusal:
        picture.opened(content)
    return refusal.value.problems[0].code


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_each_kind_of_picture_becomes_a_jpeg_of_what_is_seen(kind: str) -> None:
    made = shrunk(photographs.written(photographs.image(), kind))

    seen = QImage.fromData(made)
    assert made.startswith(b"\xff\xd8\xff")
    assert seen.size() == QSize(640, 480)
    assert photographs.is_red(seen, 320, 20)
    assert not photographs.is_red(seen, 320, 460)


@pytest.mark.parametrize("content", ["jpeg", "png"])
def test_place_preview_and_comments_are_gone(content: str) -> None:
    image = photographs.image()
    given = {
        "jpeg": photographs.snapshot(image, orientation=6),
        "png": photographs.described_png(image),
    }[content]
    secrets = [secret for secret in photographs.SECRETS if secret in given]
    assert len(secrets) == {"jpeg": 4, "png": 1}[content]

    made = shrunk(given)

    assert not any(secret in made for secret in secrets)
    assert b"Exif" not in made
    assert b"CANARY" not in made


# Where the sheet's red top lies once it is turned as each value of the mark says.
@pytest.mark.parametrize(
    ("orientation", "size", "red", "white"),
    [
        (1, QSize(640, 480), (320, 20), (320, 460)),
        (3, QSize(640, 480), (320, 460), (320, 20)),
        (6, QSize(480, 640), (460, 320), (20, 320)),
        (8, QSize(480, 640), (20, 320), (460, 320)),
    ],
)
def test_a_picture_stands_as_the_camera_was_held(
    orientation: int, size: QSize, red: tuple[int, int], white: tuple[int, int]
) -> None:
    seen = QImage.fromData(shrunk(photographs.snapshot(photographs.image(), orientation)))

    assert seen.size() == size
    assert photographs.is_red(seen, *red)
    assert not photographs.is_red(seen, *white)


@pytest.mark.parametrize("size", [(1000, 1300), (640, 640), (3000, 40)])
def test_even_noise_fits(size: tuple[int, int]) -> None:
    made = picture.shrunk(photographs.noise(*size), lambda _share: None)

    assert len(made) <= picture.MOST
    assert not QImage.fromData(made).isNull()


def test_what_is_no_longer_than_it_may_be_keeps_its_size() -> None:
    seen = QImage.fromData(shrunk(photographs.written(photographs.image(2200, 300))))

    assert seen.size() == QSize(2200, 300)


def test_text_of_eight_points_on_a_sheet_can_still_be_read() -> None:
    """Bars as wide as the strokes of an E of 8 points stay apart, on a sheet full of writing."""
    sheet = QImage(A4, QImage.Format.Format_RGB32)
    sheet.fill(QColor("#f1ede2"))
    painter = QPainter(sheet)
    font = QFont("Inter")
    font.setPixelSize(round(8 / 72 * DPI))
    painter.setFont(font)
    for top in range(40, 2200, 28):
        painter.drawText(
            40, top, "menerangkan bahwa yang bersangkutan benar warga kami, NIK 3201 " * 2
        )
    stroke = 3  # pixels: 0.4 mm, a fifth of the height of a capital of 8 points
    first = 2240
    for at in range(10):
        painter.fillRect(60, first + at * 2 * stroke, 1500, stroke, Qt.GlobalColor.black)
    painter.end()

    seen = QImage.fromData(shrunk(photographs.written(sheet, quality=95)))

    scale = seen.height() / A4.height()
    column = [
        seen.pixelColor(round(800 * scale), y).lightness()
        for y in range(round((first + stroke) * scale), round((first + 18 * stroke) * scale))
    ]
    darks = [here for before, here, after in _threes(column) if here < min(before, after)]
    lights = [here for before, here, after in _threes(column) if here > max(before, after)]
    assert len(darks) >= 8
    assert min(lights) - max(darks) > 60  # of 255


def test_a_vast_picture_is_refused_by_its_head_alone(qapp: QApplication) -> None:
    content = photographs.bomb()
    assert len(content) < 2_000

    assert code(content) == "picture_vast"
    assert code(photographs.bomb(40_000, 10)) == "picture_vast"


@pytest.mark.parametrize("kind", ["jpeg", "png", "webp"])
def test_half_a_picture_is_refused(kind: str) -> None:
    whole = photographs.written(photographs.noise(200, 200), kind)

    assert code(whole[: len(whole) // 2]) == "picture_damaged"


def test_what_only_begins_like_a_picture_is_refused() -> None:
    assert code(b"\xff\xd8\xff\xe0" + bytes(500)) == "picture_damaged"
    assert code(b"%PDF-1.7 " + bytes(500)) == "picture_damaged"
    assert code(b"") == "picture_damaged"


def _threes(row: list[int]) -> list[tuple[int, int, int]]:
    return list(zip(row, row[1:], row[2:], strict=False))
