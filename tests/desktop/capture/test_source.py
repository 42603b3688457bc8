"""From a file, bytes or a picture to what is sealed; and how it is called off."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QImage

from desktop.capture import clip
from desktop.capture.course import CalledOff, Course
from desktop.capture.source import Source, prepare
from forms.engine.kinds.attachment import FILE_MAX
from forms.engine.problem import Refused
from tests.desktop import photographs

pytestmark = pytest.mark.usefixtures("qapp")


def course() -> Course:
    return Course(lambda _share: None)


def test_what_is_told_grows_to_a_hundred(tmp_path: Path) -> None:
    path = tmp_path / "foto.jpg"
    path.write_bytes(photographs.snapshot(photographs.image()))
    told: list[int] = []

    ready = prepare(Source("foto.jpg", path), Course(told.append))

    assert told == sorted(set(told))
    assert (told[0], told[-1]) == (0, 100)
    assert ready.before == path.stat().st_size
    assert QImage.fromData(ready.small).width() == 220


@pytest.mark.parametrize("after", [0, 40, 51])
def test_it_ends_at_the_next_step_after_it_was_called_off(after: int) -> None:
    told: list[int] = []

    def tell(share: int) -> None:
        told.append(share)
        if share >= after:
            under_way.call_off()

    under_way = Course(tell)
    with pytest.raises(CalledOff):
        prepare(
            Source("derau", content=photographs.written(photographs.noise(900, 900))), under_way
        )
    assert told[-1] >= after
    assert 100 not in told


def test_a_name_says_nothing_of_what_a_file_is(tmp_path: Path) -> None:
    path = tmp_path / "surat.pdf"
    path.write_bytes(photographs.snapshot(photographs.image()))

    assert prepare(Source("surat.pdf", path), course()).content.startswith(b"\xff\xd8\xff")


def test_pasted_megabytes_are_refused_before_they_are_looked_at() -> None:
    mime = QMimeData()
    mime.setData("image/png", b"\x89PNG\r\n\x1a\n" + bytes(FILE_MAX))

    with pytest.raises(Refused) as refusal:
        clip.sources(mime)
    assert refusal.value.problems[0].code == "attachment_too_large"


def test_a_file_goes_before_its_picture_and_a_page_of_the_web_is_none(tmp_path: Path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl("https://contoh.test/foto.jpg")])
    with pytest.raises(Refused):
        clip.sources(mime)
    mime.setImageData(photographs.image())
    assert clip.sources(mime)[0].image is not None

    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / "foto.jpg"))])
    assert clip.sources(mime) == [Source("foto.jpg", tmp_path / "foto.jpg")]


def test_a_name_that_hides_something_is_shown_with_nothing_hidden() -> None:
    assert clip.shown_name("foto\u202egpj.exe\n.jpg") == "foto·gpj.exe·.jpg"
    long = clip.shown_name("a" * 300 + "akhir.jpg")
    assert len(long) == 60
    assert long.endswith("…aakhir.jpg"[-10:])
