"""What a form says of other offices and systems is judged with its machine and its fields."""

import pytest

from tests.forms.engine.conftest import HEAD, Author

STATES = """
[states]
start = "open"
states = ["open", "away", "done"]
create = ["petugas"]
edit = ["petugas"]
editable = ["open"]

[[states.action]]
name = "send"
from = ["open"]
to = "away"
roles = ["petugas"]

[[states.action]]
name = "taken"
from = ["away"]
to = "away"
roles = ["city"]
reason = true

[[states.action]]
name = "replied"
from = ["away"]
to = "done"
roles = ["city"]
reason = true

[[states.action]]
name = "quiet"
from = ["away"]
to = "done"
roles = ["city"]

[[states.action]]
name = "elsewhere"
from = ["open"]
to = "done"
roles = ["city"]
reason = true
"""
FIELDS = """
[[section]]
title = "Isi"

[[section.field]]
key = "kode"
kind = "text"
label = "Kode"

[[section.field]]
key = "foto"
kind = "attachment"
label = "Foto"
"""
EDGE = {
    "to": '"lapor"',
    "act": '"send"',
    "fields": '["kode"]',
    "taken": '"taken"',
    "replied": '"replied"',
    "refused": '"replied"',
}


def edge(**other: str) -> str:
    return "[[edge]]\n" + "".join(f"{key} = {value}\n" for key, value in (EDGE | other).items())


def made(author: Author, more: str, routes: str = "") -> list[str]:
    head = HEAD.replace('states = "plain"\n', routes)
    _, problems = author(STATES + more + FIELDS, head=head)
    return [one.code for one in problems]


def test_an_edge_whose_names_are_all_there_is_taken(author: Author) -> None:
    assert made(author, edge(), 'routes = "kode"\n') == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (edge(to='"La por"'), "edge_name"),
        (edge() + edge(), "edge_name"),
        (edge(act='"fly"'), "edge_act"),
        (edge(taken='"fly"'), "edge_step"),
        (edge(replied='"send"'), "edge_step"),  # an office's, not the city's
        (edge(replied='"quiet"'), "edge_step"),  # says nothing to the office
        (edge(refused='"elsewhere"'), "edge_step"),  # not from where the act leads
        (edge(fields="[]"), "edge_field"),
        (edge(fields='["tidak_ada"]'), "edge_field"),
        (edge(fields='["foto"]'), "edge_field"),
    ],
)
def test_an_edge_that_could_not_be_served_is_refused(author: Author, more: str, code: str) -> None:
    assert made(author, more) == [code]


@pytest.mark.parametrize("field", ["foto", "tidak_ada"])
def test_a_route_is_a_field_that_can_hold_a_code(author: Author, field: str) -> None:
    assert made(author, "", f'routes = "{field}"\n') == ["form_routes"]
