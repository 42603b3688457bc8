"""Who is called next: people with priority before others, who are never left waiting for ever.

    somebody with priority waits, and somebody without:
        the last `in_a_row` calls were all of people with priority     the first one without
        anything else                                                 the first one with priority
    only one sort waits                                               the first of it

So of every `in_a_row` + 1 calls one is of somebody without priority, as long as one waits: with k
people before them, nobody is called later than as the (k + 1) * (in_a_row + 1)th. First is who came
into the line first.
"""

from collections.abc import Iterable, Sequence

from forms.queue.tickets import Ticket


def line(tickets: Iterable[Ticket]) -> list[Ticket]:
    """List those that wait, in the order in which they came into the line."""
    waiting = (ticket for ticket in tickets if ticket.state == "waiting")
    return sorted(waiting, key=lambda ticket: (ticket.entered, ticket.place))


def following(tickets: Sequence[Ticket], in_a_row: int) -> Ticket | None:
    """Choose who is called next of one desk's tickets of the day; None where nobody waits."""
    return next(iter(foreseen(tickets, in_a_row)), None)


def foreseen(tickets: Sequence[Ticket], in_a_row: int) -> list[Ticket]:
    """List all who wait in the order in which they would be called if nobody else came."""
    waiting = line(tickets)
    priority = [ticket for ticket in waiting if ticket.priority]
    others = [ticket for ticket in waiting if not ticket.priority]
    called = sorted(
        (ticket for ticket in tickets if ticket.called),
        key=lambda ticket: (ticket.called, ticket.place),
    )
    row = 0
    for ticket in reversed(called):
        if not ticket.priority or row == in_a_row:
            break
        row += 1
    found = []
    while priority or others:
        takes_other = others and (not priority or row >= in_a_row)
        chosen = others.pop(0) if takes_other else priority.pop(0)
        row = 0 if takes_other else row + 1
        found.append(chosen)
    return found
