"""A form's state machine: the table of its file, asked what may happen now."""

from collections.abc import Collection, Iterator

import msgspec

from forms.engine.problem import Problem, Refused
from forms.engine.spec import CITY, MachineAddition, MachineSpec, Role

RESERVED = frozenset({"new", "edit", "settle"})  # acts that are every record's, whatever its form
HEAD: Role = "kepala"  # The head of an office may do everything in it; files don't repeat that.
PLAIN = "reason"  # what is asked for where an action needs a reason and names nothing else


class Action(msgspec.Struct, frozen=True):
    """One row of the table: from `source`, `action` leads to `target`, for these roles."""

    source: str
    action: str
    target: str
    roles: frozenset[str]
    reason: bool = False
    office: tuple[str, ...] = ()  # kinds of another office that alone takes it
    asks: tuple[str, ...] = ()  # what a desk asks for to make the reason of

    def taken_by(self, office: str) -> bool:
        """Tell whether it is for another office of this kind, or with "" for the record's own."""
        return office in self.office if self.office or office else True


class Machine:
    """The states of a record and the actions between them."""

    def __init__(self, spec: MachineSpec) -> None:
        self.start = spec.start
        self.states = spec.states
        self.create = _with_head(spec.create)
        self.edit = frozenset({*spec.edit, HEAD})
        self.editable = frozenset(spec.editable)
        self.gone = frozenset(spec.gone)
        self.closed = frozenset(spec.closed)
        self.signed = frozenset(spec.signed)
        self.actions = tuple(
            Action(
                source,
                row.name,
                row.target,
                _with_head(row.roles),
                row.reason,
                row.office,
                row.asks or ((PLAIN,) if row.reason else ()),
            )
            for row in spec.action
            for source in row.source
        )
        self._rows = {(row.source, row.action): row for row in self.actions}
        self._names = frozenset(row.action for row in self.actions)
        self._walk = spec.walk

    def allowed(self, state: str, roles: Collection[str], office: str = "") -> tuple[Action, ...]:
        """List what these roles may do with a record in this state, in the table's order.

        `office` is the kind of the other office where they work; "" stands for the record's own.
        """
        return tuple(
            row
            for row in self.actions
            if row.source == state and not row.roles.isdisjoint(roles) and row.taken_by(office)
        )

    def action(self, state: str, name: str) -> Action:
        """Find the row of an action; Refused(action_unknown | action_not_now)."""
        row = self._rows.get((state, name))
        if row is None:
            code = "action_not_now" if name in self._names else "action_unknown"
            raise Refused(Problem(code, facts={"action": name, "state": state}))
        return row

    def step(
        self,
        state: str,
        name: str,
        roles: Collection[str],
        reason: str | None = "",
        *,
        office: str = "",
    ) -> str:
        """Give the state that an action leads to.

        Refused(action_unknown | action_not_now | action_elsewhere | role_missing | reason_missing).
        """
        row = self.action(state, name)
        if not row.taken_by(office):
            raise Refused(Problem("action_elsewhere", facts={"action": name}))
        if row.roles.isdisjoint(roles):
            raise Refused(Problem("role_missing", facts={"action": name}))
        if row.reason and not (reason or "").strip():
            raise Refused(Problem("reason_missing", facts={"action": name}))
        return row.target

    def forward(self, state: str, roles: Collection[str]) -> Action | None:
        """Give the next action on the way to issued that these roles may take."""
        for name in self._walk:
            row = self._rows.get((state, name))
            if row is not None:
                return row if row.taken_by("") and not row.roles.isdisjoint(roles) else None
        return None

    def may_create(self, roles: Collection[str]) -> bool:
        """Tell whether these roles may begin a record."""
        return not self.create.isdisjoint(roles)

    def may_edit(self, state: str, roles: Collection[str]) -> bool:
        """Tell whether these roles may change the answers of a record in this state."""
        return state in self.editable and not self.edit.isdisjoint(roles)


def _with_head(roles: Collection[str]) -> frozenset[str]:
    return frozenset(roles) if CITY in roles else frozenset({*roles, HEAD})


def extended(spec: MachineSpec, more: MachineAddition) -> MachineSpec:
    """Give a machine with further states and actions."""
    states, actions = (*spec.states, *more.states), (*spec.action, *more.action)
    signed = (*spec.signed, *more.signed)
    return msgspec.structs.replace(spec, states=states, action=actions, signed=signed)


def faults(spec: MachineSpec) -> Iterator[Problem]:
    """Find what makes a table no machine: unknown or unreachable states, doubled rows."""
    known = set(spec.states)
    if len(known) != len(spec.states):
        yield Problem("state_doubled")
    rows = [(source, row) for row in spec.action for source in row.source]
    named = {spec.start, *spec.editable, *spec.gone, *spec.closed}
    named |= {row.target for row in spec.action}
    for state in sorted(named.union(source for source, _ in rows) - known):
        yield Problem("state_unknown", facts={"state": state})
    seen = set()
    for source, row in rows:
        if (source, row.name) in seen:
            yield Problem("action_doubled", facts={"state": source, "action": row.name})
        seen.add((source, row.name))
    for name in sorted({row.name for row in spec.action} & RESERVED):
        yield Problem("action_reserved", facts={"action": name})
    named_acts = [*spec.walk, *(name for name in spec.signed if name not in {"new", "edit"})]
    for name in named_acts:
        if name not in {row.name for row in spec.action}:
            yield Problem("action_unknown", facts={"action": name, "state": ""})
    reached = {spec.start}
    for _ in spec.states:  # each round reaches at least one more, or nothing is left to reach
        reached |= {row.target for source, row in rows if source in reached}
    for state in spec.states:
        if state not in reached:
            yield Problem("state_unreachable", facts={"state": state})
