"""The way back along the bases of changes; bounded, for a hostile desk can name them in a ring."""

from sync.protocol import branch
from sync.protocol.view import Known, View

WALK_MAX = 64  # steps to an effective base; a stored step was resolved then, so two are usual
TURNED_DOWN = frozenset({"refused", "quarantined"})
OVERLONG = b"\0" * 16  # equals no change: an over-long walk is a conflict


class Waits(Exception):  # noqa: N818 - a signal within the judging, not a fault
    """A base or record is not known here yet."""

    def __init__(self, waits_for: bytes) -> None:
        self.waits_for = waits_for
        super().__init__()


def resolved(base: bytes, group: str, view: View, *, vouches: bool = False) -> bytes:
    """Follow a base to the applied change it comes down to; Waits where the way is unknown.

    A proposal that a settlement adopted counts as that settlement, which wrote the same value.
    Who only `vouches` for what stands in the group, and writes nothing there, had the base's own
    value before them: the way ends at one that was not taken, whatever it was made on.
    """
    for _ in range(WALK_MAX):
        if not base:
            return base
        known = view.known(base)
        if known is None or known.verdict == "held":
            raise Waits(base)
        further = known.stands.get(group, base)
        dispute = view.disputed(base, group) if known.verdict == "conflict" else None
        if dispute is not None and dispute.kept == "proposed":
            further = dispute.closed_by
        elif vouches and not _is_taken(known, group):
            return base
        if further == base:
            return base
        base = further
    return OVERLONG


def tip(base: bytes, group: str, view: View) -> bytes:
    """Step back over refused changes and choices that didn't count: a branch goes on through them.

    Who typed on after such a choice had the value before them that it chose.
    """
    for _ in range(WALK_MAX):
        known = view.known(base) if base else None
        if known is None:
            return base
        turned_down = known.verdict in TURNED_DOWN
        if known.chose and (turned_down or (known.verdict == "no_effect" and not known.stands)):
            base = known.chose
        elif turned_down:
            base = known.bases.get(group, b"")
        else:
            return base
    return b""


def is_ancestor(change: bytes, head: bytes, group: str, view: View) -> bool:
    """Tell whether the present change was made, over however many steps, on this one."""
    for _ in range(WALK_MAX):
        known = view.known(head) if head else None
        if known is None:
            return False
        head = known.bases.get(group, b"")
        if head == change:
            return True
    return False


def _is_taken(known: Known, group: str) -> bool:
    """Tell whether what a change says of a group was written, or stood there already."""
    if known.verdict == "conflict":
        disputed = branch.groups(known.code)
        return disputed is not None and group not in disputed
    return known.verdict in {"applied", "no_effect"}
