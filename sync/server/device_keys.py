"""A device's own keys change, and its id stays: the ask, signed by the old key, shows the new ones.

    an ask by the present key, for new keys     they are its keys from now on
    by the key before, for the same new keys    the answer was lost: it is given again
    by a key of before, otherwise               a copy, or a laptop that was put back to before the
                                                change: split (sync.protocol.rekey)
    a batch or a chunk by a key of before       taken: it was on the way; its chain shows a fork
    an ask or admission by a key that we lack   put back ourselves: our own admission names it

Answers are sealed to the key that goes with the one that asked.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select, update

from forms.engine.problem import Problem, Refused
from sync.crypto import envelope, letter
from sync.crypto.envelope import Letter
from sync.protocol.epoch import Admission
from sync.protocol.rekey import Rekey
from sync.server import audit, tables
from sync.server.city import City
from sync.server.device_tables import device_key
from sync.server.devices import Device


def writer(connection: Connection, region: str, device: Device, message: Letter) -> Device:
    """Find by which of a device's keys a message was signed; Refused(signature_wrong)."""
    try:
        envelope.verify(message, device.sign)
    except Refused:
        for row in _former(connection, region, device.id):
            if _is_signed(message, row.sign):
                return msgspec.structs.replace(device, sign=row.sign, seal=row.seal, former=True)
        raise
    return device


def has_signed(connection: Connection, region: str, device: Device, sign: bytes) -> bool:
    """Tell whether a public key is or was a device's."""
    former = {row.sign for row in _former(connection, region, device.id)}
    return sign == device.sign or sign in former


def may_renew(connection: Connection, region: str, device: Device, rekey: Rekey) -> bool:
    """Tell whether who asks gets these keys for the same device; else it is a copy."""
    return not device.former or _present(connection, region, device.id).sign == rekey.sign


def renew(connection: Connection, city: City, device: Device, rekey: Rekey, office: str) -> None:
    """Give a device the keys that it shows, once; Refused(ask_header) where they are another's."""
    row = _present(connection, city.code, device.id)
    if row.sign == rekey.sign:
        return
    certificate = letter.certify(rekey.letter, office, city.code, city.keys.root)
    _put(connection, city, row, rekey, certificate)
    audit.note(connection, city, "", "device_rekeyed", row.office, device=device.id.hex())


def adopt(connection: Connection, city: City, admission: Admission) -> bool:
    """Take keys that we once gave a device and have forgotten; False where we know them."""
    row = _present(connection, city.code, admission.device)
    known = {row.sign, *(old.sign for old in _former(connection, city.code, row.id))}
    if admission.sign in known or row.enrolled != admission.enrolled:
        return False
    _put(connection, city, row, admission, admission.certificate)
    audit.note(
        connection, city, "", "device_rekeyed", row.office, device=row.id.hex(), shown="admission"
    )
    return True


def _put(
    connection: Connection, city: City, row: Any, keys: Rekey | Admission, certificate: bytes
) -> None:
    table = tables.device
    taken = select(table.c.id).where(table.c.region == city.code, table.c.sign == keys.sign)
    if connection.execute(taken).first() is not None:
        raise Refused(Problem("ask_header"))
    connection.execute(
        insert(device_key).values(
            region=city.code,
            device=row.id,
            sign=row.sign,
            seal=row.seal,
            letter=row.letter,
            ended=city.now(),
        )
    )
    connection.execute(
        update(table)
        .where(table.c.region == city.code, table.c.id == row.id)
        .values(sign=keys.sign, seal=keys.seal, letter=keys.letter, certificate=certificate)
    )


def _present(connection: Connection, region: str, device: bytes) -> Any:
    table = tables.device
    query = select(table).where(table.c.region == region, table.c.id == device)
    return connection.execute(query).one()


def _former(connection: Connection, region: str, device: bytes) -> list[Any]:
    query = select(device_key).where(device_key.c.region == region, device_key.c.device == device)
    return list(connection.execute(query.order_by(device_key.c.ended.desc())))


def _is_signed(message: Letter, sign: bytes) -> bool:
    try:
        envelope.verify(message, sign)
    except Refused:
        return False
    return True
