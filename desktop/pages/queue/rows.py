"""What the lists of the queue page show: who waits, where somebody is sent, how long it took."""

import datetime as dt
from dataclasses import dataclass

from desktop.dates import clock, moment
from desktop.look.lists import Entry
from forms.engine import written
from forms.engine.region_queue import Plan
from forms.engine.words import label, say
from forms.queue import figures, order
from forms.queue.figures import Times
from forms.queue.tickets import AT_COUNTER, Ticket
from sync.store.queue_board import Board

_MINUTE = 60_000
_NONE = "–"


@dataclass(frozen=True, slots=True)
class Target:
    """Where somebody is passed on to: a group, and a desk in hex, "" being this one."""

    letter: str
    holder: str = ""


def line(board: Board, now: int) -> list[Entry]:
    """List who waits here in the order in which they will be called, then who was missed."""
    waiting = [
        _waiting(ticket, board.plan, now)
        for ticket in order.foreseen(board.mine, board.plan.in_a_row)
    ]
    missed = sorted(
        (ticket for ticket in board.mine if ticket.state == "no_show"),
        key=lambda ticket: ticket.called,
        reverse=True,
    )
    return [*waiting, *(_missed(ticket, board.plan) for ticket in missed)]


def targets(board: Board, ticket: Ticket) -> list[Entry]:
    """List the groups to which somebody may be passed on, first those that are called here."""
    found = [
        Entry(
            Target(group.letter),
            f"{group.letter} · {group.name}",
            detail=say("queue.here"),
            glyph="arrow-right",
        )
        for group in board.plan.groups
        if group.letter != ticket.group
    ]
    for holder, name in board.others.items():
        desk = name or say("queue.desk", device=holder[:6].upper())
        found += [
            Entry(
                Target(group.letter, holder),
                f"{group.letter} · {group.name}",
                detail=desk,
                glyph="paper-plane-right",
            )
            for group in board.plan.groups
        ]
    return found


def overs(board: Board) -> list[Entry]:
    """List the other desks that hold somebody who waits, to take these over."""
    found = []
    for holder, name in board.others.items():
        count = sum(t.holder == holder and t.state == "waiting" for t in board.tickets)
        if count:
            desk = name or say("queue.desk", device=holder[:6].upper())
            found.append(
                Entry(holder, desk, detail=say("queue.holds", count=count), glyph="user-switch")
            )
    return found


def measured(board: Board) -> list[Entry]:
    """List the day's figures: the whole desk, its groups, its hours."""
    tickets, plan = board.tickets, board.plan
    found = [_times("all", say("queue.whole_day"), figures.times(tickets, plan), "users-three")]
    for letter, times in figures.by_group(tickets, plan):
        group = plan.group(letter)
        if times.taken and group is not None:
            name = say("queue.group_standard", letter=letter, name=group.name,
                       minutes=group.wait_minutes)  # fmt: skip
            found.append(_times(letter, name, times, "list-bullets"))
    for hour, times in figures.by_hour(tickets, plan, lambda at: moment(at).hour):
        name = say("queue.hour", begin=_hour(hour), end=_hour(hour + 1))
        found.append(_times(hour, name, times, "clock"))
    return found


def summed(board: Board) -> str:
    """Say the day in one line."""
    times = figures.times(board.tickets, board.plan)
    return say(
        "queue.summed",
        taken=times.taken,
        waiting=times.waiting,
        half=_text(times.wait_half),
        most=_text(times.wait_most),
    )


def state(ticket: Ticket) -> str:
    """Name where somebody at the counter stands, and how often they were called."""
    told = label("state", ticket.state)
    if ticket.state == AT_COUNTER[0] and ticket.calls > 1:
        return say("queue.called_again", state=told, count=ticket.calls)
    return told


def group_name(plan: Plan, letter: str) -> str:
    """Name a group; the bare letter where the region has taken it away since."""
    group = plan.group(letter)
    return group.name if group is not None else letter


def reason(plan: Plan, code: str) -> str:
    """Name a reason of priority, likewise."""
    found = plan.priority(code)
    return found.name if found is not None else code


def _waiting(ticket: Ticket, plan: Plan, now: int) -> Entry:
    late = figures.is_late(ticket, plan, now)
    minutes = max(0, now - ticket.entered) // _MINUTE
    return Entry(
        ticket.record,
        ticket.number,
        detail=_detail(ticket, plan),
        glyph="user",
        chip=reason(plan, ticket.priority) if ticket.priority else "",
        tone="wait",
        aside=say("queue.minutes", count=minutes),
        mark="warning" if late else "",
        mark_tone="warn",
    )


def _missed(ticket: Ticket, plan: Plan) -> Entry:
    return Entry(
        ticket.record,
        ticket.number,
        detail=_detail(ticket, plan),
        glyph="prohibit",
        chip=label("state", ticket.state),
        tone="plain",
        aside=clock(ticket.called),
    )


def _detail(ticket: Ticket, plan: Plan) -> str:
    name = group_name(plan, ticket.group)
    return say("queue.missed_before", group=name) if ticket.missed else name


def _hour(hour: int) -> str:
    return written.clock(dt.time(hour % 24))


def _times(value: object, title: str, times: Times, glyph: str) -> Entry:
    counted = say(
        "queue.counted",
        taken=times.taken, missed=times.missed,
        wait_half=_text(times.wait_half), wait_most=_text(times.wait_most),
        serve_half=_text(times.serve_half), serve_most=_text(times.serve_most),
    )  # fmt: skip
    return Entry(
        value,
        title,
        detail=counted,
        glyph=glyph,
        chip=say("queue.late", count=times.late) if times.late else "",
        tone="warn",
    )


def _text(minutes: int | None) -> str:
    return _NONE if minutes is None else str(minutes)
