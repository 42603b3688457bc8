"""Gives a copy of a laptop a device id of its own, once for each new key that it shows.

The ask was signed by the old key, which vouches for it, and the new key signed that it is theirs
(sync.protocol.rekey).
"""

import os
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select

from forms.engine.problem import Problem, Refused
from forms.engine.region import Office
from sync.crypto import letter, signed
from sync.protocol import wire
from sync.protocol.change import ID_BYTES
from sync.protocol.epoch import Admission
from sync.protocol.exchange import FORMER_MAX, Ask
from sync.protocol.lease import Lease
from sync.protocol.rekey import ANCESTORS_MAX, Life, Rekey
from sync.protocol.stream import Signed
from sync.server import audit, device_keys, leases, lives, offices, tables
from sync.server.city import City
from sync.server.devices import Device, admitted, ancestors
from sync.server.leases import Holder

__all__ = ["given", "opened"]


def opened(shown: Signed, device: Device) -> Rekey:
    """Check who asks for a device id; Refused(signature_wrong | message_malformed | ask_header)."""
    rekey = wire.decode(shown.plain, Rekey)
    signed.check(shown, rekey.sign, "rekey")
    if rekey.device != device.id or rekey.sign == device.sign:
        raise Refused(Problem("ask_header"))
    return rekey


def given(city: City, device: Device, ask: Ask, shown: Rekey) -> tuple[Life | None, list[Lease]]:
    """Give what is asked for: new keys for the life that asks, or a life of its own with leases.

    None where a copy asks for new keys: it is split. Refused as `split_off` says.
    """
    if shown.incarnation != ask.incarnation:
        return split_off(city, device, shown, ask.nonce)
    if lives.meet(city, device, ask.incarnation, ask.former[-FORMER_MAX:]):
        return None, []
    return _renewed(city, device, shown), []


def split_off(city: City, device: Device, rekey: Rekey, asked: bytes) -> tuple[Life, list[Lease]]:
    """Let a copy of a device live on its own; the same key again gets the same life again.

    Refused(device_unknown | device_revoked) where the old device or the new one may not speak, and
    device_copied where it has been copied too often.
    """
    with city.database.write() as connection:
        parent = admitted(connection, city.code, device.id)
        office = offices.by_id(connection, city.code, parent.office)
        row = _by_key(connection, city.code, rekey.sign)
        if row is None:
            _admit(connection, city, parent, rekey, office)
            row = _by_key(connection, city.code, rekey.sign)
            holder = Holder(office, row.id, rekey.incarnation, asked)
            leases.grant(connection, city, holder, leases.every(city, office.kind))
        elif row.parent != parent.id:
            raise Refused(Problem("ask_header"))
        admitted(connection, city.code, row.id)
        granted = leases.held(connection, city.code, row.id, rekey.incarnation)
        life = Life(row.id, rekey.incarnation, row.certificate, _admission(city, row, office))
    return life, granted


def _renewed(city: City, device: Device, rekey: Rekey) -> Life | None:
    """Give a device new keys for the life that it has; None where a copy of it asks."""
    with city.database.write() as connection:
        present = admitted(connection, city.code, device.id)
        if not device_keys.may_renew(connection, city.code, device, rekey):
            return None
        office = offices.by_id(connection, city.code, present.office)
        device_keys.renew(connection, city, device, rekey, office.name)
        row = _by_key(connection, city.code, rekey.sign)
        return Life(row.id, rekey.incarnation, row.certificate, _admission(city, row, office))


def _admit(
    connection: Connection, city: City, parent: Device, rekey: Rekey, office: Office
) -> None:
    if len(ancestors(connection, city.code, parent.id)) >= ANCESTORS_MAX:
        raise Refused(Problem("device_copied"))
    table, now = tables.device, city.now()
    before = connection.execute(
        select(table.c.operator).where(table.c.region == city.code, table.c.id == parent.id)
    ).one()
    device = Device(os.urandom(ID_BYTES), office.id, rekey.sign, rekey.seal, rekey.incarnation, now)
    connection.execute(
        insert(table).values(
            region=city.code,
            id=device.id,
            office=office.id,
            sign=rekey.sign,
            seal=rekey.seal,
            letter=rekey.letter,
            certificate=letter.certify(rekey.letter, office.name, city.code, city.keys.root),
            operator=before.operator,
            incarnation=rekey.incarnation,
            enrolled=now,
            seen=now,
            revoked=0,
            parent=parent.id,
        )
    )
    lives.begin(connection, city, device, rekey.incarnation)
    facts = {"device": device.id.hex(), "parent": parent.id.hex()}
    audit.note(connection, city, "", "device_split", office.id, **facts)


def _by_key(connection: Connection, region: str, sign: bytes) -> Any:
    table = tables.device
    query = select(table).where(table.c.region == region, table.c.sign == sign)
    return connection.execute(query).one_or_none()


def _admission(city: City, row: Any, office: Office) -> Signed:
    shape = offices.shape(office)
    said = {name: getattr(row, name) for name in Admission.__struct_fields__ if name in row._fields}
    admission = msgspec.convert(
        said
        | {
            "device": row.id,
            "office": shape,
            "epoch": city.epoch,
            "parent": row.parent or b"",
        },
        Admission,
    )
    return signed.sign(wire.encode(admission), city.keys.root, "admission")
