"""The way back along the bases of changes; bounded, for a hostile desk can name them in a ring."""

from sync.protocol.view import View

WALK_MAX = 64  # steps to an effective base; a stored step was resolved then, so two are usual
OVERLONG = b"\0" * 16  # equals no change: an over-long walk is a conflict


class Waits(Exception):  # noqa: N818 - a signal within the judging, not a fault
    """A base or record is not known here yet."""

    def __init__(self, waits_for: bytes) -> None:
        self.waits_for = waits_for
        super().__init__()


def resolved(base: bytes, group: str, view: View) -> bytes:
    """Follow a base to the applied change it comes down to; Waits where the way is unknown.

    A proposal that a settlement adopted counts as that settlement, which wrote the same value.
    """
    for _ in range(WALK_MAX):
        if not base:
            return base
        known = view.known(base)
        if known is None or known.verdict == "held":
            raise Waits(base)
        further = known.stands.get(group, base)
        if known.verdict == "conflict":
            dispute = view.disputed(base, group)
            if dispute is not None and dispute.kept == "proposed":
                further = dispute.closed_by
        if further == base:
            return base
        base = further
    return OVERLONG


def tip(base: bytes, group: str, view: View) -> bytes:
    """Step back over refused changes: a branch goes on through them."""
    for _ in range(WALK_MAX):
        known = view.known(base) if base else None
        if known is None or known.verdict not in {"refused", "quarantined"}:
            return base
        base = known.bases.get(group, b"")
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
