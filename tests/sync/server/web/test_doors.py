"""What the doors of pages do when something is wrong behind them."""

import asyncio
import logging
from typing import Any

import pytest
from fastapi import FastAPI

from sync.server.city import City
from sync.server.web import doors
from sync.server.web.visit import OPEN, Page, Reply, Shown, Told, Visit

PATH = "/admin/sample"


def asked(city: City, page: Page, method: str = "GET") -> tuple[int, dict[str, str], str]:
    """Ask an application that has one page, without a socket."""
    app = FastAPI()
    doors.add(app, city, (page,))
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "headers": [(b"host", b"city.example")],
        "client": ("192.0.2.1", 1),
        "server": ("city.example", 80),
        "root_path": "",
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return sent[0]["status"], headers, body.decode()


def test_a_page_that_fails_shows_no_trace_and_logs_no_person(
    city: City, caplog: pytest.LogCaptureFixture
) -> None:
    def fails(_visit: Visit) -> Reply:
        raise KeyError("AHMAD FAUZI")

    with caplog.at_level(logging.ERROR):
        status, headers, text = asked(city, Page(PATH, OPEN, fails))

    assert status == 500
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "AHMAD" not in text
    assert "Traceback" not in text
    assert "AHMAD" not in caplog.text
    assert vars(caplog.records[-1])["fault"][0]["sort"] == "builtins.KeyError"


def test_a_disk_that_fails_is_told_to_come_again(city: City) -> None:
    def fails(_visit: Visit) -> Reply:
        raise OSError

    status, headers, _ = asked(city, Page(PATH, OPEN, fails))

    assert (status, headers["retry-after"]) == (503, str(doors.RETRY_S))


def test_visits_that_are_too_many_are_told_to_come_again(
    city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "WAITING_MAX", 0)

    assert asked(city, Page(PATH, OPEN, lambda _visit: Told(b"", "text/plain")))[0] == 503


def test_a_page_that_needs_scripts_may_have_this_servers_alone(city: City) -> None:
    page = Page(PATH, OPEN, lambda _visit: Shown("admin/busy.html", scripts=True))

    policy = asked(city, page)[1]["content-security-policy"]

    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


def test_a_file_is_saved_under_a_name_that_breaks_no_header(city: City) -> None:
    page = Page(PATH, OPEN, lambda _visit: Told(b"a", "text/csv", 'a"\r\nX-Y: é.csv'))

    _, headers, text = asked(city, page)

    assert headers["content-disposition"] == (
        "attachment; filename*=UTF-8''a%22%0D%0AX-Y%3A%20%C3%A9.csv"
    )
    assert text == "a"


def test_a_form_where_there_is_none_to_send_is_refused(city: City) -> None:
    page = Page(PATH, OPEN, lambda _visit: Shown("admin/busy.html"))

    assert asked(city, page, "POST")[0] == 415
