"""When so much is taken away at once that a person must look at the list first.

A kelurahan of 18,000 residents sees two or three deaths and moves a day and voids a letter or two.
What takes away more than one in twenty of what an office has, or more than fifty, is a mistake or
an attack until somebody who did not do it has said otherwise. Small offices have a floor, or their
third void of a day would ask.

Both ends count alike, per stream (an office and a service group) and day, records and not acts:

    server   what one device does: record moved into a state of `gone`, or away from its office
    desk     `left` rows of one day of the server's
"""

SHARE = 20  # one in so many
FLOOR = 10  # records a day; measured against ordinary days in tests/sync/protocol/test_guard.py
MOST = 50  # records a day, however many there are
SCOPE_MAX = SHARE * MOST  # a count may end here: more changes nothing
DAY_MS = 24 * 3_600_000
STOPPED = "mass_removal"  # the code of a verdict "held" that waits for an administrator
PERSON = b"\0" * 15 + b"\1"  # what such a change waits for: no change or record has this id


def allowed(scope: int) -> int:
    """Give how many records of a scope of this size may go in a day without a question."""
    return min(MOST, max(FLOOR, scope // SHARE))


def trips(gone: int, scope: int) -> bool:
    """Tell whether so many records are too many to go at once."""
    return gone > allowed(scope)
