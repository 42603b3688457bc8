"""Which language a page is drawn in: what was chosen in this browser, else what it asks for."""

from starlette.requests import Request

from forms.engine.words import LANGUAGES, OFFICIAL
from sync.server.web import cookies

LISTED_MAX = 12  # languages of one browser; a longer list is nobody's choice
_FORMER = {"in": "id"}  # how Java and old telephones call Indonesian


def of(request: Request) -> str:
    """Give the language for whoever asks."""
    return cookies.language_of(request) or asked(request.headers.get("accept-language", ""))


def asked(header: str) -> str:
    """Give the language of ours that an Accept-Language likes best, else the official one."""
    best, found = 0.0, OFFICIAL
    for part in header.split(",")[:LISTED_MAX]:
        tag, _, weight = part.partition(";")
        name = tag.strip().partition("-")[0].casefold()
        name, liked = _FORMER.get(name, name), _weight(weight)
        if name in LANGUAGES and liked > best:
            best, found = liked, name
    return found


def _weight(text: str) -> float:
    """Read `q=0.8`; what is not written is 1, what can't be read is 0."""
    name, _, number = text.strip().partition("=")
    if not name:
        return 1.0
    try:
        return float(number) if name == "q" else 0.0
    except ValueError:
        return 0.0
