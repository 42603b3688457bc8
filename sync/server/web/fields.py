"""What a form brought: a bounded body of names and values, as a browser sends them."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl

from starlette.requests import Request

from forms.engine.problem import Problem, Refused

CONTENT_TYPE = "application/x-www-form-urlencoded"
BODY_MAX = 64 * 1024
FIELDS_MAX = 1_000  # a page of rows that are ticked
VALUE_MAX = 8_000
# Whatever no person types: all controls but tab and line ends.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class File(NamedTuple):
    """A file that a form brought, by the name that its sender gave it."""

    name: str
    content: bytes


class Fields:
    """Names and values in their order; a name may come more than once."""

    def __init__(self, pairs: list[tuple[str, str]], files: Sequence[File] = ()) -> None:
        self._pairs = pairs
        self.files = files

    def get(self, name: str, default: str = "") -> str:
        """Give the first value of a name."""
        return next((value for key, value in self._pairs if key == name), default)

    def every(self, name: str) -> list[str]:
        """Give every value of a name."""
        return [value for key, value in self._pairs if key == name]

    def items(self) -> Iterator[tuple[str, str]]:
        """Give all of them."""
        return iter(self._pairs)


NONE = Fields([])


def parsed(text: str) -> Fields:
    """Read an address's question or a form's body; Refused(form_malformed)."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=FIELDS_MAX)
    except ValueError as error:
        raise Refused(Problem("form_malformed")) from error
    return Fields([checked(name, value) for name, value in pairs])


def checked(name: str, value: str) -> tuple[str, str]:
    """Give a name with its value as it is kept; Refused(form_malformed)."""
    if len(value) > VALUE_MAX or _CONTROLS.search(value):
        raise Refused(Problem("form_malformed"))
    return name, value.replace("\r\n", "\n").strip()


async def read(request: Request) -> Fields:
    """Read the body of a form before BODY_MAX is passed.

    Refused(content_type | body_too_large | form_malformed).
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != CONTENT_TYPE:
        raise Refused(Problem("content_type"))
    try:
        return parsed((await body(request, BODY_MAX)).decode("ascii"))
    except UnicodeDecodeError as error:
        raise Refused(Problem("form_malformed")) from error


async def body(request: Request, most: int) -> bytes:
    """Read a body before `most` is passed; Refused(body_too_large)."""
    found = bytearray()
    async for part in request.stream():
        found += part
        if len(found) > most:
            raise Refused(Problem("body_too_large", facts={"max": most}))
    return bytes(found)
