"""A form that brings files: what browsers send as multipart/form-data, read within bounds.

    --BOUNDARY CRLF head CRLF CRLF content CRLF  ...  --BOUNDARY--

Nothing of it is kept here, and a file's name is what its sender calls it: never a path of ours.
"""

import re

from starlette.requests import Request

from forms.engine.problem import Problem, Refused
from sync.server.web import fields
from sync.server.web.fields import CONTENT_TYPE, Fields, File

MULTIPART = "multipart/form-data"
BODY_MAX = 9_000_000  # a region with all areas of the country is 3 MB
PARTS_MAX = 20
_BOUNDARY = re.compile(r'boundary="?([0-9A-Za-z\'()+_,./:=? -]{1,70})"?\s*(?:;|$)')
_NAME = re.compile(rb'(?:^|;)\s*name="([^"\r\n]{1,200})"')
_FILE = re.compile(rb'(?:^|;)\s*filename="([^"\r\n]{0,400})"')
_DISPOSITION = b"content-disposition:"


async def read(request: Request) -> Fields:
    """Read a form with or without files; Refused(content_type | body_too_large | form_malformed).

    A file that nobody chose, which browsers send with neither name nor content, is left out.
    """
    stated = request.headers.get("content-type", "")
    kind = stated.partition(";")[0].strip().lower()
    if kind == CONTENT_TYPE:
        return await fields.read(request)
    boundary = _BOUNDARY.search(stated)
    if kind != MULTIPART or boundary is None:
        raise Refused(Problem("content_type"))
    return taken_apart(await fields.body(request, BODY_MAX), boundary[1].encode())


def taken_apart(body: bytes, boundary: bytes) -> Fields:
    """Take a body apart at its boundary; Refused(form_malformed)."""
    first, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary, PARTS_MAX + 1)
    if first or not parts or not parts[-1].startswith(b"--") or len(parts) > PARTS_MAX:
        raise Refused(Problem("form_malformed"))
    pairs, files = list[tuple[str, str]](), list[File]()
    for part in parts[:-1]:
        head, blank, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        said = next((row for row in head.split(b"\r\n") if _is_disposition(row)), b"")
        name, file = _NAME.search(said), _FILE.search(said)
        if not (blank and name):
            raise Refused(Problem("form_malformed"))
        if file is None:
            pairs.append(fields.checked(_text(name[1]), _text(content)))
        elif file[1]:
            files.append(File(_text(file[1]), content))
    return Fields(pairs, files)


def _is_disposition(row: bytes) -> bool:
    return row.lower().startswith(_DISPOSITION)


def _text(content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise Refused(Problem("form_malformed")) from error
