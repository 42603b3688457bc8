"""What a form file says of leaving its office: for another one by code, for a system by an edge."""

import re
from collections.abc import Mapping, Sequence

from forms.engine.source import Address, Source
from forms.engine.spec import CITY, EdgeSpec, Field, FormSpec, MachineSpec

_NAME = re.compile(r"[a-z][a-z0-9_]{0,19}")
# What a destination can read as it stands; a file goes its own way.
_LEFT_HERE = frozenset({"attachment", "note"})
ROUTED = frozenset({"text", "choice"})


def judge(source: Source, head: FormSpec, machine: MachineSpec, fields: Sequence[Field]) -> None:
    """Note all that is wrong with the routes and edges of a form file."""
    known = {field.key: field for field in fields}
    named = known.get(head.routes)
    if head.routes and (named is None or named.kind not in ROUTED):
        source.add("form_routes", ("routes",), field=head.routes)
    seen: set[str] = set()
    for number, edge in enumerate(head.edge):
        address: Address = ("edge", number)
        if not _NAME.fullmatch(edge.to) or edge.act in seen:
            source.add("edge_name", (*address, "to"), name=edge.to)
        seen.add(edge.act)
        _judge_acts(source, edge, machine, address)
        _judge_fields(source, edge, known, address)


def _judge_acts(source: Source, edge: EdgeSpec, machine: MachineSpec, at: Address) -> None:
    """The act must be an office's, and each answer a step of the city's from where it leads."""
    targets = {row.target for row in machine.action if row.name == edge.act}
    if len(targets) != 1:
        source.add("edge_act", (*at, "act"), name=edge.act)
        return
    for key in ("taken", "replied", "refused"):
        name = getattr(edge, key)
        rows = [row for row in machine.action if row.name == name]
        if not any(CITY in row.roles and row.reason and targets <= {*row.source} for row in rows):
            source.add("edge_step", (*at, key), name=name)


def _judge_fields(source: Source, edge: EdgeSpec, known: Mapping[str, Field], at: Address) -> None:
    if not edge.fields:
        source.add("edge_field", (*at, "fields"), field="")
    for name in edge.fields:
        if name not in known or known[name].kind in _LEFT_HERE:
            source.add("edge_field", (*at, "fields"), field=name)
