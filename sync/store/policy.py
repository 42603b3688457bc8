"""What this desk goes by: its region's files and its office, as the city last said.

of a higher number, or of another epoch      taken: letters, registers and menus go by it at once,
                                             colours from the next start of the window
lower or the same, brought late by a stick   nothing new
another region's or office's                 refused
files that this program can't read           left alone, and asked for until it can
brought by hand, and so by nobody's key      taken from whoever keeps the people here, if it is of
                                             this region; the city's next word puts it right
"""

from pathlib import Path

import msgspec

from forms.engine.problem import Problem, Refused
from forms.engine.region import Region
from sync.crypto import signed
from sync.protocol import policy, wire
from sync.protocol.policy import Policy
from sync.protocol.stream import Signed
from sync.store import settings, staff
from sync.store.handle import Store
from sync.store.statements import Connection


class Held(msgspec.Struct, frozen=True):
    """The name of what we go by, of which epoch it is, and whether it came by hand."""

    name: bytes
    epoch: bytes
    by_hand: bool = False


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
        held = _held(conn, desk)
        known = desk.policy - held.by_hand  # what we go by is not what that number said
        if not first_hand and held.epoch == told.epoch and told.number <= known:
            return False
        settings.write(conn, "pack", told.pack)
        settings.write(conn, "policy", Held(told.name, told.epoch))
        desk = msgspec.structs.replace(desk, office=told.office, policy=told.number)
        settings.write(conn, "desk", desk)
    with store.read() as conn:
        store.know(conn)
    store.know_region()
    return True


def bring(store: Store, file: Path) -> bool:
    """Go by a region file that somebody brought, until the city speaks; False where it is no news.

    Refused(role_missing | policy_elsewhere | area_needed), or with what is wrong in it.
    """
    if not store.catalogue.form(staff.SERVICE).machine.may_create(store.operator.roles):
        raise Refused(Problem("role_missing", facts={"action": "region"}))
    region = Region.read(file)
    office = store.desk.office
    if region.code != store.desk.region:
        raise Refused(Problem("policy_elsewhere"))
    missing = [area for area in (office.area, *office.catchment) if not region.areas.knows(area)]
    if missing:
        facts = [{"office": office.code, "region": area} for area in dict.fromkeys(missing)]
        raise Refused(*(Problem("area_needed", facts=fact) for fact in facts))
    pack = region.pack()
    if pack == store.region.pack():
        return False
    with store.write() as conn:
        desk = settings.desk(conn)
        named = policy.named(policy.digest(pack), desk.office)
        settings.write(conn, "pack", pack)
        settings.write(conn, "policy", Held(named, desk.epoch, by_hand=True))
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
