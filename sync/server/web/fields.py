"""What a form brought: a bounded body of names and values, as a browser sends them."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl

from starlette.requests import Request

from forms.engine.problem import Problem, Refused

CONTENT_TYPE = "application/x-www-form-urlencoded"
BODY_MAX = 64 * 1024
FIELDS_MAX = 1_000  # a page of rows that are ticked
VALUE_MAX = 8_000
# Whatever no person types: all controls but tab and line ends.
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Fields:
    """Names and values in their order; a name may come more than once."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

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
    if any(len(value) > VALUE_MAX or _CONTROLS.search(value) for _, value in pairs):
        raise Refused(Problem("form_malformed"))
    return Fields([(name, value.replace("\r\n", "\n").strip()) for name, value in pairs])


async def read(request: Request) -> Fields:
    """Read the body of a form before BODY_MAX is passed.

    Refused(content_type | body_too_large | form_malformed).
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != CONTENT_TYPE:
        raise Refused(Problem("content_type"))
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > BODY_MAX:
            raise Refused(Problem("body_too_large", facts={"max": BODY_MAX}))
    try:
        return parsed(body.decode("ascii"))
    except UnicodeDecodeError as error:
        raise Refused(Problem("form_malformed")) from error
