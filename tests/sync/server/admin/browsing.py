"""A browser without a screen: keeps cookies, goes on to other pages, fills in forms."""

import re
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPResponse
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit


class Seen(NamedTuple):
    """What came back."""

    status: int
    headers: dict[str, str]
    cookies: list[str]
    text: str

    @property
    def words(self) -> str:
        """The text without its marks."""
        reader = _Reader()
        reader.feed(self.text)
        return " ".join(" ".join(reader.words).split())

    @property
    def tags(self) -> list[tuple[str, dict[str, str | None]]]:
        reader = _Reader()
        reader.feed(self.text)
        return reader.tags

    @property
    def location(self) -> str:
        return self.headers.get("location", "")

    @property
    def token(self) -> str:
        found = re.search(r'name="token" value="([0-9a-f]{64})"', self.text)
        return found[1] if found else ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


class Browser:
    """One browser on one server."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.cookies: dict[str, str] = {}
        self.at: Seen = Seen(0, {}, [], "")

    def get(self, path: str, **headers: str) -> Seen:
        return self.send("GET", path, "", headers)

    def follow(self) -> Seen:
        """Go where the last answer sends."""
        return self.get(self.at.location)

    def fill(self, path: str, **values: str) -> Seen:
        """Send a form from the page that is open, with that session's token."""
        return self.post(path, {"token": self.at.token, **values})

    def post(self, path: str, values: object, **headers: str) -> Seen:
        body = values if isinstance(values, str) else urlencode(values, doseq=True)  # type: ignore[arg-type] # what a test gives
        stated = {
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": self.url,
            "Sec-Fetch-Site": "same-origin",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        return self.send(
            "POST", path, body, {name: value for name, value in stated.items() if value}
        )

    def send(self, method: str, path: str, body: str, headers: dict[str, str]) -> Seen:
        place = urlsplit(self.url)
        line = HTTPConnection(place.hostname or "", place.port, timeout=20)
        jar = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            line.request(method, path, body, {**headers, **({"Cookie": jar} if jar else {})})
            reply: HTTPResponse = line.getresponse()
            set_by = reply.headers.get_all("set-cookie") or []
            said = {name.lower(): value for name, value in reply.headers.items()}
            self.at = Seen(reply.status, said, set_by, reply.read().decode())
        finally:
            line.close()
        for one in set_by:
            name, _, value = one.partition(";")[0].partition("=")
            if "max-age=0" in one.lower():
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return self.at
