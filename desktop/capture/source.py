"""One file or picture on its way to a record: from wherever it came to what is sealed.

named by the clerk, dropped, pasted, in the scanner's folder
  -> read as a plain file of bounded size      -> told by its first bytes, never by its name
  -> picture: shrunk, painted anew             -> PDF: its pages alone
  -> Ready: bytes in memory, sealed by the store's own save; no clear copy is ever written
"""

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtGui import QImage

from desktop.capture import picture
from desktop.capture.course import Course
from forms.engine.kinds.attachment import FILE_MAX
from forms.engine.problem import Problem, Refused
from forms.paper import scan
from sync.protocol import attachment
from sync.store import foreign_file
from sync.store.foreign_file import Mark

_READ = 40  # Of a hundred: a stick is slower than the processor.


@dataclass(frozen=True, slots=True)
class Source:
    """Where something comes from: a file, the bytes of one, or a picture that was copied.

    `cleared` says that the file may go from its folder once it is sealed here.
    """

    name: str
    path: Path | None = None
    content: bytes = b""
    image: QImage | None = None
    cleared: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """What is to be sealed, and what is shown of it; `pages` is 0 for a picture.

    `before` are the bytes that it had, 0 where it was no file. `mark` is that of the file.
    """

    name: str
    content: bytes
    before: int
    small: bytes = b""
    pages: int = 0
    mark: Mark | None = None


def prepare(source: Source, course: Course) -> Ready:
    """Read, judge and shrink; CalledOff between any two steps.

    Refused(attachment_... | picture_... | pdf_...), each with one sentence for the clerk.
    """
    course.reach(0)
    content, mark = source.content, None
    if source.path is not None:
        tell = lambda done, whole: course.reach(_READ * done // max(whole, 1))  # noqa: E731 - two numbers to one
        content, mark = foreign_file.read(source.path, FILE_MAX, tell)
    elif len(content) > FILE_MAX:
        raise Refused(Problem("attachment_too_large", facts={"max": FILE_MAX // 1_000_000}))
    course.reach(_READ)
    if source.image is None and attachment.type_of(content) == "application/pdf":
        made, pages = scan.cleaned(content)
        course.reach(100)
        return Ready(source.name, made, len(content), pages=pages, mark=mark)
    if source.image is None and not picture.is_picture(content):
        raise Refused(Problem("attachment_type"))
    image = source.image if source.image is not None else picture.opened(content)
    picture.check_size(image.size())
    made = picture.shrunk(image, lambda share: course.reach(_READ + share * 55 // 100))
    small = picture.small(image)
    course.reach(100)
    return Ready(source.name, made, len(content), small=small, mark=mark)
