"""How a region's waiting rooms work: groups with their letters, who is called before, the rule.

[queue]
in_a_row = 2                       people with priority one after another while others wait
returns = 1                        how often who didn't come goes back into the line
wait_minutes = 30                  the standard of a wait
[[queue.group]]
letter = "A"                       before the number; one group an office has it
name = "Surat keterangan"
kinds = ["kelurahan"]              which offices have the group
wait_minutes = 15                  its own standard
[[queue.priority]]
code = "lansia"
name = "Lanjut usia"

A region without the table has that of shared/queue.toml.
"""

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from forms.engine.judgement import OFFICE_KINDS
from forms.engine.source import Source
from forms.engine.spec import Spec

_USUAL = Path(__file__).parents[1] / "shared" / "queue.toml"
_LETTER = re.compile(r"[A-Z]")
_CODE = re.compile(r"[a-z_]{1,20}")
GROUPS_MAX = 9  # of one office: a clerk and a ticket's bearer tell no more apart
PRIORITIES_MAX = 9  # each has a digit key
NAME_MAX = 24  # as much as stands in large type on a ticket of 58 mm
_MOST = 9  # people with priority in a row, and returns: more would starve or never end
_MINUTES_MAX = 480  # no standard is longer than a day at the counter


class Group(Spec, frozen=True):
    """People who wait for the same: a letter, its name, the kinds of office, a standard."""

    letter: str
    name: str
    kinds: tuple[str, ...]
    wait_minutes: int = 0


class Priority(Spec, frozen=True):
    """Why somebody is called before others."""

    code: str
    name: str


class QueueSpec(Spec, frozen=True):
    """The waiting rooms of a region."""

    in_a_row: int
    returns: int
    wait_minutes: int
    group: tuple[Group, ...]
    priority: tuple[Priority, ...] = ()


class Plan(Spec, frozen=True):
    """The waiting room of one kind of office; each group has its standard."""

    in_a_row: int
    returns: int
    groups: tuple[Group, ...]
    priorities: tuple[Priority, ...]

    def group(self, letter: str) -> Group | None:
        """Find a group by its letter; None where a region has taken it away since."""
        return next((group for group in self.groups if group.letter == letter), None)

    def priority(self, code: str) -> Priority | None:
        """Find a reason by its code; None as for a group."""
        return next((one for one in self.priorities if one.code == code), None)


def of_kind(spec: QueueSpec | None, kind: str) -> Plan:
    """Give the waiting room of a kind of office; the spec has been judged."""
    said = spec or _usual()
    groups = tuple(
        Group(
            letter=group.letter,
            name=group.name,
            kinds=group.kinds,
            wait_minutes=group.wait_minutes or said.wait_minutes,
        )
        for group in said.group
        if kind in group.kinds
    )
    return Plan(
        in_a_row=said.in_a_row, returns=said.returns, groups=groups, priorities=said.priority
    )


def judge(source: Source, spec: QueueSpec) -> None:
    """Note all that is wrong with the waiting rooms of a region file."""
    for key, least, most in (
        ("in_a_row", 1, _MOST),
        ("returns", 0, _MOST),
        ("wait_minutes", 1, _MINUTES_MAX),
    ):
        if not least <= getattr(spec, key) <= most:
            source.add("queue_bound", ("queue", key), key=key, min=str(least), max=str(most))
    for number, group in enumerate(spec.group):
        address = ("queue", "group", number)
        if not _LETTER.fullmatch(group.letter):
            source.add("queue_letter", (*address, "letter"), letter=group.letter)
        if not 0 < len(group.name.strip()) <= NAME_MAX:
            source.add("queue_name", (*address, "name"), name=group.name, max=str(NAME_MAX))
        if not 0 <= group.wait_minutes <= _MINUTES_MAX:
            key = "wait_minutes"
            source.add("queue_bound", (*address, key), key=key, min="0", max=str(_MINUTES_MAX))
        for kind in group.kinds:
            if kind not in OFFICE_KINDS:
                source.add("office_kind", (*address, "kinds"), kind=kind)
    _judge_letters(source, spec.group)
    _judge_priorities(source, spec.priority)


def _judge_letters(source: Source, groups: Sequence[Group]) -> None:
    for kind in OFFICE_KINDS:
        letters = [group.letter for group in groups if kind in group.kinds]
        for letter, count in Counter(letters).items():
            if count > 1:
                source.add("queue_letter_twice", ("queue", "group"), letter=letter, kind=kind)
        if len(letters) > GROUPS_MAX:
            source.add("queue_many", ("queue", "group"), kind=kind, max=str(GROUPS_MAX))


def _judge_priorities(source: Source, priorities: Sequence[Priority]) -> None:
    codes = Counter(one.code for one in priorities)
    for number, one in enumerate(priorities):
        address = ("queue", "priority", number)
        if not _CODE.fullmatch(one.code) or codes[one.code] > 1:
            source.add("queue_code", (*address, "code"), priority=one.code)
        if not 0 < len(one.name.strip()) <= NAME_MAX:
            source.add("queue_name", (*address, "name"), name=one.name, max=str(NAME_MAX))
    if len(priorities) > PRIORITIES_MAX:
        source.add("queue_many", ("queue", "priority"), kind="priority", max=str(PRIORITIES_MAX))


@lru_cache(1)
def _usual() -> QueueSpec:
    source = Source.read(_USUAL, _USUAL.name)
    spec = source.convert(source.data, QueueSpec)
    assert spec is not None, "the project's own table is read by a test"
    return spec
