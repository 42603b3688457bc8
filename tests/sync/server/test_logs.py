"""The log is JSON lines without what people wrote, whatever fails; it is bounded, one a process."""

import io
import json
import logging
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text

from sync.protocol import wire
from sync.server import logs
from sync.server.app import create_app
from sync.server.city import City
from sync.server.database import Database
from sync.server.logs import Lines, Log
from sync.server.run import Running
from sync.server.seat import Seat
from tests.sync.server.calling import Reply, call
from tests.sync.server.conftest import Enrol

NAME, NIK = "ZULAIKHA PURNAMASARI", "3671014507890003"
CANARIES = re.compile("ZULAIKHA|PURNAMASARI|3671014507890003|9f8e7d6c")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Everything that is logged in this process, as the server writes it."""
    out = io.StringIO()
    handler, root = logging.StreamHandler(out), logging.getLogger()
    handler.setFormatter(Lines())
    root.addHandler(handler)
    before = root.level
    root.setLevel(logging.DEBUG)
    yield out
    root.removeHandler(handler)
    root.setLevel(before)


def answered(running: Running, written: io.StringIO) -> list[dict[str, Any]]:
    """Give the lines of requests; the last is written when its answer is already here."""
    running.stop()
    return [one for one in lines(written) if one["says"] == "answered"]


def lines(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def said(record: logging.LogRecord) -> dict[str, Any]:
    done: dict[str, Any] = json.loads(Lines().format(record))
    return done


def record(name: str, says: str, *args: object, error: Exception | None = None) -> Any:
    caught = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord(name, logging.ERROR, "x.py", 1, says, args, caught)


def test_an_exception_is_told_by_its_sort_its_place_and_its_causes() -> None:
    try:
        try:
            dict[str, str]()[NAME]
        except KeyError as error:
            raise ValueError(NIK) from error
    except ValueError as error:
        told = said(record("sync.server.app", "it failed", error=error))

    assert [one["sort"] for one in told["fault"]] == ["builtins.ValueError", "builtins.KeyError"]
    assert re.fullmatch(r"test_logs\.py:\d+ test_an_exception_.*", told["fault"][0]["places"][0])
    assert not CANARIES.search(json.dumps(told))


def test_a_librarys_sentence_is_told_without_what_it_puts_into_it() -> None:
    told = said(record("some.library", "row %s is bad\nit was " + NAME, NIK))

    assert told["says"] == "row %s is bad"


def test_only_named_fields_of_our_own_are_written() -> None:
    ours, theirs = record("sync.x", "answered"), record("other", "answered")
    for one in (ours, theirs):
        one.route, one.person = "/v1/hello", NAME

    assert said(ours)["route"] == "/v1/hello"
    assert "person" not in said(ours)
    assert "route" not in said(theirs)


def test_a_line_is_one_line_whatever_it_says() -> None:
    assert "\n" not in Lines().format(record("sync.x", "a\nb\u2028%s", "\r\n{"))


def test_the_answer_and_its_lines_bear_one_id_that_nobody_else_chooses(
    running: Running, written: io.StringIO
) -> None:
    reply = call(running, "GET", "/v1/hello?nama=" + NIK, X_Request_Id="9f8e7d6c")

    (line,) = answered(running, written)
    assert line["request"] == reply.headers["x-request-id"]
    assert re.fullmatch("[0-9a-f]{16}", line["request"])
    assert (line["method"], line["route"], line["status"]) == ("GET", "/v1/hello", 200)
    assert line["network"] == "127.0.0.0/24"
    assert line["sent"] == len(reply.body)


def test_a_refusal_is_told_by_its_code(running: Running, written: io.StringIO) -> None:
    call(running, "POST", "/v1/exchange", NAME.encode())

    (line,) = answered(running, written)
    assert (line["status"], line["refused"]) == (422, "message_malformed")


def test_health_is_not_told_each_time(running: Running, written: io.StringIO) -> None:
    call(running, "GET", "/healthz")
    call(running, "GET", "/readyz")

    assert answered(running, written) == []


def doors(city: City) -> list[tuple[str, str]]:
    return [
        (method, route.path)
        for route in create_app(city).routes
        if isinstance(route, APIRoute)
        for method in sorted(route.methods or ())
    ]


def knock(running: Running, method: str, path: str) -> Reply:
    """Ask a door with canaries wherever somebody can put one."""
    name = NAME.replace(" ", "%20")
    path = re.sub(r"\{[^}]*\}", name, path)
    body = f"name={name}&passphrase={NIK}&code={NIK}&nama={name}&reason={name}".encode()
    return call(
        running,
        method,
        f"{path}?k={NIK}&nomor={NIK}&kantor={name}&back=/admin/{NIK}&q={name}&after={NIK}",
        body if method != "GET" else None,
        Content_Type=FORM if path.startswith(("/admin", "/live")) else "x/" + NIK,
        Origin=running.url,
        Cookie=f"teras-session={NIK}; teras-live={NIK}",
        User_Agent=NAME,
        Referer=f"{running.url}/{NIK}",
        Authorization=f"Bearer {NIK}",
    )


def test_no_door_writes_down_who_was_asked_for(
    city: City, running: Running, enrol: Enrol, written: io.StringIO, capfd: Any
) -> None:
    laptop = enrol()
    person = laptop.batch(laptop.resident(NAME, nik=NIK))
    call(running, "POST", "/v1/exchange", wire.encode([laptop.ask(), person]))
    call(running, "POST", "/v1/exchange", wire.encode([laptop.ask(), person[:-1], NAME.encode()]))
    call(running, "POST", "/v1/enrol", wire.encode([NAME, NIK]))
    knocked = [knock(running, *door).status for door in doors(city)]
    knock(running, "GET", "/" + NIK)
    knock(running, "DELETE", "/v1/hello")

    assert set(knocked) <= {200, 303, 400, 401, 403, 404, 405, 413, 415, 422, 429}
    assert len(answered(running, written)) > len(knocked) - 3  # health is not told
    assert not CANARIES.search(written.getvalue())
    assert not CANARIES.search("".join(capfd.readouterr()))


def test_no_error_of_a_database_or_program_writes_down_whom_it_met(
    city: City,
    running: Running,
    enrol: Enrol,
    written: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
    capfd: Any,
) -> None:
    laptop = enrol()
    body = wire.encode([laptop.ask(), laptop.batch(laptop.resident(NAME, nik=NIK))])

    def quotes(_self: Database) -> Any:
        with real(city.database) as connection:
            connection.execute(text("SELECT * FROM nothing WHERE nama = :nama"), {"nama": NAME})

    real = Database.read
    for broken in (quotes, _raises(KeyError(NAME)), _raises(OSError(NIK)), _raises(Odd(NIK))):
        for name in ("read", "write"):
            monkeypatch.setattr(Database, name, broken)
        statuses = {knock(running, *door).status for door in doors(city)}
        statuses.add(call(running, "POST", "/v1/exchange", body).status)
        assert statuses & {500, 503}
        monkeypatch.undo()

    faults = [one for one in lines(written) if "fault" in one]
    assert {"sync.server.app", "sync.server.web.doors", "sync.server.threshold"} <= {
        one["logger"] for one in faults
    }
    assert all("request" in one for one in faults if one["logger"] != "sync.server.live")
    assert not CANARIES.search(written.getvalue())
    assert not CANARIES.search("".join(capfd.readouterr()))


class Odd(Exception):  # noqa: N818 - no error that anybody foresaw
    pass


def _raises(error: Exception) -> Any:
    def broken(_self: Database) -> Any:
        raise error

    return broken


@pytest.fixture
def begin(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Begin this process's log in a folder, and end it after the test."""
    level, begun = logging.getLogger().level, list[Log]()
    yield lambda: begun.append(Log(tmp_path))
    for log in begun:
        log.end()
    logging.getLogger().setLevel(level)


def test_a_log_is_bounded(
    begin: Callable[[], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "BYTES_MAX", 2_000)
    begin()

    for number in range(500):
        logging.getLogger("sync.test").info("line %d", number)

    kept = sorted(tmp_path.glob("server.log*"))
    assert len(kept) == logs.FILES + 1
    assert all(path.stat().st_size <= 2_000 for path in kept)
    last = (tmp_path / "server.log").read_text("ascii").splitlines()[-1]
    assert json.loads(last)["says"] == "line 499"


def test_each_process_has_a_log_of_its_own(begin: Callable[[], None], tmp_path: Path) -> None:
    other = Seat.take(tmp_path / logs.SEATS)
    begin()
    other.leave()

    logging.getLogger("sync.test").info("here")

    assert "here" in (tmp_path / "server-1.log").read_text("ascii")
    assert not (tmp_path / "server.log").exists()


def test_a_thread_that_ends_is_told_like_everything_else(
    begin: Callable[[], None], tmp_path: Path, capfd: Any
) -> None:
    begin()

    def end() -> None:
        raise KeyError(NAME)

    thread = threading.Thread(target=end)
    thread.start()
    thread.join()

    line = json.loads((tmp_path / "server.log").read_text("ascii"))
    assert (line["says"], line["fault"][0]["sort"]) == ("a thread ended", "builtins.KeyError")
    assert not CANARIES.search("".join(capfd.readouterr()))
