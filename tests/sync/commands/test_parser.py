import re
from typing import Any

import pytest

from forms.engine import words
from sync.commands.parser import Usage, parse
from sync.commands.table import COMMANDS

OPTIONS = ["--data-dir", "a", "--server-dir", "b", "--json"]
LEAST = {
    "server init": ["--region", "r.toml"],
    "server office add": ["--code", "c", "--kind", "kelurahan", "--name", "n", "--area", "1"],
    "server enrol-code": ["--office", "c", "--role", "kepala"],
    "server office catchment": ["--office", "c", "--catchment", "k"],
    "server office edit": ["--office", "c"],
    "server region apply": ["r.toml"],
    "region apply": ["r.toml"],
    "server nightly": ["--dir", "d"],
    "server device revoke": ["ab"],
    "server device lost": ["ab", "--out", "f.pdf"],
    "server admin add": ["o", "--role", "walikota"],
    "server admin remove": ["o"],
    "server admin role": ["o", "--role", "walikota"],
    "server admin reset": ["o"],
    "server admin factor": ["o"],
    "server admin unlock": ["o"],
    "server edges retry": ["ab"],
    "server evidence release": ["ab"],
    "server evidence refuse": ["ab"],
    "server records": ["--service", "s"],
    "server keys export": ["f"],
    "server numbers explain": ["--office", "c", "--series", "s", "--year", "2026"],
    "server audit export": ["--out", "f"],
    "server looks export": ["--out", "f"],
    "server finding begin": ["--office", "c", "--answers", "-"],
    "server finding judge": ["ab", "accept", "--reason", "r"],
    "server conflict settle": ["ab", "--keep", "present"],
    "server removals release": ["ab"],
    "server removals refuse": ["all"],
    "conflict settle": ["ab", "--keep", "proposed"],
    "server carry": ["d"],
    "server live token": ["s"],
    "server live revoke": ["s"],
    "server disposition": [
        "--office",
        "c",
        "--sender",
        "s",
        "--about",
        "a",
        "--request",
        "r",
        "--due",
        "2026-11-30",
    ],
    "server erase": ["ab", "--reason", "r"],
    "server backup": ["f"],
    "server restore": ["f"],
    "backup": ["f"],
    "restore": ["f"],
    "carry out": ["d"],
    "carry in": ["d"],
    "enrol": ["--server", "u", "--code", "c", "--operator", "o"],
    "hub run": ["--dir", "d", "--server", "u"],
    "import residents": ["f"],
    "services show": ["s"],
    "record new": ["s", "--answers", "-"],
    "record edit": ["ab", "--answers", "-"],
    "record move": ["ab", "submit"],
    "record attach": ["ab", "ktp", "f"],
    "record fetch": ["ab", "ktp", "f"],
    "record show": ["ab"],
    "record find": ["siti"],
    "record list": ["--service", "s"],
    "letter pdf": ["ab", "f"],
    "day confirm": ["2026-11-21"],
    "numbers explain": ["--series", "s", "--year", "2026"],
    "operator add": ["o", "--role", "petugas"],
    "operator remove": ["o"],
    "report": ["register", "--from", "2026-11-01", "--to", "2026-11-30", "--out", "f.pdf"],
    "nik": ["1"],
    "check": ["t"],
    "region lint": ["f"],
}


def _options(argv: list[str]) -> dict[str, Any]:
    return vars(parse(argv))


@pytest.mark.parametrize("command", [command.words for command in COMMANDS])
def test_the_three_options_are_taken_before_and_after_the_words(command: str) -> None:
    rest = command.split() + LEAST.get(command, [])

    before, after = _options([*OPTIONS, *rest]), _options([*rest, *OPTIONS])

    assert before == after
    assert before["data_dir"] == "a"
    assert before["server_dir"] == "b"
    assert before["json"] is True


def test_the_three_options_are_taken_between_the_words() -> None:
    found = _options(["record", "--data-dir", "a", "list", "--json", "--service", "s"])

    assert (found["command"], found["data_dir"], found["json"]) == ("record list", "a", True)


def test_no_command_at_all_is_no_mistake() -> None:
    assert parse([]).function is None
    assert parse(["--data-dir", "a"]).data_dir == "a"


@pytest.mark.parametrize(
    ("argv", "code", "names"),
    [
        (["record", "new", "s"], "usage_required", "--answers"),
        (["server"], "usage_required", "COMMAND"),
        (["nik", "1", "--fast"], "usage_unknown", "--fast"),
        (["server", "dance"], "usage_choice", "dance"),
        (["server", "enrol-code", "--office", "c", "--role", "lurah"], "usage_choice", "lurah"),
        (["record", "list", "--service", "s", "--limit", "ten"], "usage_integer", "ten"),
        (["record", "list", "--service"], "usage_value", "--service"),
        (["nik", "1", "--js"], "usage_unknown", "--js"),
    ],
)
def test_wrong_usage_names_what_is_wrong(argv: list[str], code: str, names: str) -> None:
    with pytest.raises(Usage) as refused:
        parse(argv)

    (problem,) = refused.value.problems
    assert problem.code == code
    assert names in words.say(code, **problem.facts)


def test_what_belongs_to_later_issues_is_no_command_yet() -> None:
    for later in ("ppdb", "survey", "carry", "report"):
        with pytest.raises(Usage):
            parse([later])


def test_every_command_and_argument_has_words() -> None:
    known = words.texts("id")
    wordless = [
        code
        for command in COMMANDS
        for code in (
            *(f"help.{' '.join(command.words.split()[:n])}" for n in range(1, 5)),
            *(f"argument.{argument.flags[-1].strip('-')}" for argument in command.arguments),
        )
        if code not in known
    ]

    assert wordless == []


def test_help_is_indonesian_and_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["--help"])

    text = capsys.readouterr().out
    assert not ended.value.code
    assert text.startswith("pemakaian: ")
    for command in COMMANDS:
        assert re.search(rf"^ +{command.words.split()[0]}\b", text, re.MULTILINE), command.words


def test_the_help_of_a_group_says_what_each_command_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        parse(["server", "office", "--help"])

    assert "menambah kantor" in capsys.readouterr().out
