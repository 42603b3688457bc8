"""What this desk goes by: its region's files and its office, as the city last said.

of a higher number, or of another epoch      taken: letters, registers and menus go by it at once,
                                             colours from the next start of the window
lower or the same, brought late by a stick   nothing new
another region's or office's                 refused
files that this program can't read           left alone, and asked for until it can
"""

import msgspec

from forms.engine.problem import Problem, Refused
from forms.engine.region import Region
from sync.crypto import signed
from sync.protocol import policy, wire
from sync.protocol.policy import Policy
from sync.protocol.stream import Signed
from sync.store import settings
from sync.store.handle import Store
from sync.store.statements import Connection


class Held(msgspec.Struct, frozen=True):
    """The name of what we go by, and of which epoch it is."""

    name: bytes
    epoch: bytes


def name(conn: Connection) -> bytes:
    """Name what we go by, for an ask."""
    return _held(conn, settings.desk(conn)).name


def take(store: Store, said: Signed, *, first_hand: bool) -> bool:
    """Go by what the city says, if it is news; Refused(signature_wrong | policy_elsewhere).

    What answers our very ask is news whatever its number: the city may have been put back.
    """
    told = wire.decode(signed.check_any(said, store.desk.signs, "policy"), Policy)
    try:
        region = Region.from_pack(told.pack)
    except Refused:
        return False
    with store.write() as conn:
        desk = settings.desk(conn)
        if region.code != desk.region or told.office.id != desk.office.id:
            raise Refused(Problem("policy_elsewhere"))
        same = _held(conn, desk).epoch == told.epoch
        if not first_hand and same and told.number <= desk.policy:
            return False
        settings.write(conn, "pack", told.pack)
        settings.write(conn, "policy", Held(told.name, told.epoch))
        desk = msgspec.structs.replace(desk, office=told.office, policy=told.number)
        settings.write(conn, "desk", desk)
    with store.read() as conn:
        store.know(conn)
    store.know_region()
    return True


def _held(conn: Connection, desk: settings.Desk) -> Held:
    """Read what we go by; what came with the enrolment is named when it is first asked for."""
    found = settings.read(conn, "policy", Held)
    if found is None:
        pack = settings.read(conn, "pack", dict[str, bytes]) or {}
        found = Held(policy.named(policy.digest(pack), desk.office), desk.epoch)
        settings.write(conn, "policy", found)
    return found
