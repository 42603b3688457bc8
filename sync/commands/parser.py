"""The parser, assembled from the table; its messages are Indonesian and come from the words."""

import argparse
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from forms.engine import words
from forms.engine.problem import Problem, Refused
from sync.commands.table import COMMANDS, Command

# What argparse says, and our code for it; the groups are the sentence's facts.
_SAYINGS = (
    (r"the following arguments are required: (?P<what>.+)", "usage_required"),
    (r"unrecognized arguments: (?P<what>.+)", "usage_unknown"),
    (
        (
            r"argument (?P<what>.+?): invalid choice: (?P<given>.+?)"
            r" \(choose from (?P<choices>.+)\)"
        ),
        "usage_choice",
    ),
    (r"argument (?P<what>.+?): invalid int value: (?P<given>.+)", "usage_integer"),
    (r"argument (?P<what>.+?): expected .+", "usage_value"),
)


class Usage(Refused):
    """The command was used wrongly; `hint` is the command's own usage line."""

    def __init__(self, problem: Problem, hint: str) -> None:
        super().__init__(problem)
        self.hint = hint


class _Formatter(argparse.HelpFormatter):
    """Says headings and help codes in the operator's language, and only when they are shown."""

    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        if prefix is None:
            prefix = words.label("help", "usage") + ": "
        super().add_usage(usage, actions, groups, prefix)

    def start_section(self, heading: str | None) -> None:
        super().start_section(words.label("help", heading) if heading else heading)

    def add_text(self, text: str | None) -> None:
        super().add_text(words.label("help", text) if text else text)

    def _expand_help(self, action: argparse.Action) -> str:
        return words.say(action.help or "")


class _Parser(argparse.ArgumentParser):
    def __init__(self, **keywords: Any) -> None:
        keywords.setdefault("formatter_class", _Formatter)
        super().__init__(add_help=False, allow_abbrev=False, **keywords)
        self.taken = self.add_argument_group("taken")
        self.always = self.add_argument_group("always")
        self.always.add_argument(
            "-h", "--help", action="help", default=argparse.SUPPRESS, help="argument.help"
        )
        for flag in ("--data-dir", "--server-dir"):
            self.always.add_argument(
                flag, metavar="DIR", default=argparse.SUPPRESS, help=f"argument.{flag.strip('-')}"
            )
        self.always.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="argument.json"
        )

    def error(self, message: str) -> NoReturn:
        for pattern, code in _SAYINGS:
            if found := re.fullmatch(pattern, message):
                raise Usage(Problem(code, facts=found.groupdict()), self.format_usage())
        raise Usage(Problem("usage_other", facts={"what": message}), self.format_usage())


class _Tree:
    """Parsers by their words; a group of commands is made when its first command comes."""

    def __init__(self) -> None:
        self.root = _Parser(prog="main.py", description="teras")
        self.root.set_defaults(function=None)
        self._parsers: dict[str, _Parser] = {"": self.root}
        self._below: dict[str, Any] = {}

    def add(self, command: Command) -> None:
        parser = self._parser(command.words)
        parser.set_defaults(function=command.function, command=command.words)
        for flags, keywords in command.arguments:
            parser.taken.add_argument(*flags, help=f"argument.{flags[-1].strip('-')}", **keywords)
        if below := self._below.get(command.words):
            below.required = False

    def _parser(self, name: str) -> _Parser:
        if name not in self._parsers:
            above, _, word = name.rpartition(" ")
            self._parsers[name] = self._subparsers(above).add_parser(
                word, help=f"help.{name}", description=name
            )
        return self._parsers[name]

    def _subparsers(self, name: str) -> Any:
        if name not in self._below:
            parser = self._parser(name)
            below = parser.add_subparsers(title="commands", metavar="COMMAND", parser_class=_Parser)
            # The root alone opens the window; `services` alone is a command of its own.
            below.required = bool(name) and parser.get_default("function") is None
            self._below[name] = below
        return self._below[name]


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Read a command line, `function` None where it has no command; Usage if it is none of ours."""
    return _tree().root.parse_args(argv)


def _tree() -> _Tree:
    tree = _Tree()
    for command in COMMANDS:
        tree.add(command)
    return tree
