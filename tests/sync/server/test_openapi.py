"""The page of the public doors says what is there, and each door answers as its page says."""

import json
import os
from collections import Counter
from typing import Any

import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from sync.protocol import wire
from sync.protocol.exchange import CONTENT_TYPE
from sync.server import metrics, openapi
from sync.server.app import ENROL_MAX, EXCHANGE_MAX, OPENING_MAX, STATUS, create_app
from sync.server.city import City
from sync.server.run import Running
from tests.sync.server.calling import call
from tests.sync.server.conftest import ADMINISTRATOR

CASES = int(os.environ.get("TERAS_REQUESTS", "3"))  # of each door
CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
FOR_PEOPLE = "/admin"
SPEC: dict[str, Any] = json.loads(openapi.FILE.read_text("utf-8"))

schemathesis.openapi.media_type(
    CONTENT_TYPE,
    st.one_of(
        st.binary(max_size=200), st.lists(st.binary(max_size=40), max_size=3).map(wire.encode)
    ),
)


def operations(spec: dict[str, Any]) -> list[Any]:
    """Read the doors of a page; one that is malformed fails."""
    found = list(schemathesis.openapi.from_dict(spec).get_all_operations())
    assert all(isinstance(one, Ok) for one in found)
    return [one.ok() for one in found if isinstance(one, Ok)]


def test_the_page_is_served_as_it_is_kept(running: Running) -> None:
    reply = call(running, "GET", "/openapi.json")

    assert (reply.status, json.loads(reply.body)) == (200, SPEC)


def test_every_door_but_those_for_people_is_on_the_page(city: City) -> None:
    there = {
        (method.lower(), route.path.replace("{text:path}", "{code}"))
        for route in create_app(city).routes
        if isinstance(route, APIRoute) and not route.path.startswith(FOR_PEOPLE)
        for method in route.methods or ()
    }
    told = {(method, path) for path, door in SPEC["paths"].items() for method in door}

    # One door takes both the code and the number, whose slashes no page can say.
    assert told - {("get", "/periksa/{office}/{number}")} == there


def test_the_page_knows_every_status_of_a_refusal_and_every_bound() -> None:
    doors = SPEC["paths"]
    told = {int(status) for status in doors["/v1/exchange"]["post"]["responses"]}
    bounds = {
        path: doors[path]["post"]["responses"]["413"]["description"]
        for path in ("/v1/enrol", "/v1/exchange", "/v1/upload")
    }

    assert set(STATUS.values()) <= told
    for path, most in (
        ("/v1/enrol", ENROL_MAX), ("/v1/exchange", EXCHANGE_MAX), ("/v1/upload", OPENING_MAX),
    ):  # fmt: skip
        assert str(most) in bounds[path]


def test_each_door_answers_as_its_page_says(city: City, running: Running) -> None:
    token = metrics.make_token(city, ADMINISTRATOR)
    asked, seen = Counter[str](), set[int]()
    for operation in operations(SPEC):

        @settings(
            max_examples=CASES,
            phases=[Phase.generate],
            deadline=None,
            database=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            headers = {"Authorization": f"Bearer {token}"} if asked.total() % 2 else {}
            response = case.call(base_url=running.url, headers=headers)
            case.validate_response(response, checks=CHECKS)
            asked[case.operation.label] += 1
            seen.add(response.status_code)

        ask()

    assert len(asked) == sum(len(door) for door in SPEC["paths"].values())
    assert seen >= {200, 401, 404, 422}


def test_an_answer_that_is_not_on_the_page_is_found(running: Running) -> None:
    spec = {**SPEC, "paths": {"/v1/answer/{name}": SPEC["paths"]["/v1/answer/{name}"]}}
    responses = {"206": {"description": "The bytes."}}
    spec["paths"] = {
        path: {method: {**door, "responses": responses} for method, door in doors.items()}
        for path, doors in spec["paths"].items()
    }
    (operation,) = operations(spec)
    case = operation.Case(path_parameters={"name": "0" * 32}, headers={"Range": "bytes=0-"})

    with pytest.raises(FailureGroup):
        case.call_and_validate(base_url=running.url, checks=CHECKS)
