"""The city's keys change: a sealing key each quarter, a signing key at an administrator's word.

    attend    at every door: what another process changed is read; the first list is made; a sealing
              key that has had its quarter is retired; a retired one is destroyed on its day, once
              desks have sent something on WITNESS_DAYS days since: no clock alone destroys a key
    rotate    at once, by an administrator; `signing`: the signing key too; `lost`: somebody may
              have it, so nothing of the old one counts any more
    meet      a desk shows the list that it has: one that this city does not remember proves that it
              was put back, and the next list comes after that one

A change is one transaction: keys, list, audit. The private half of a signing key is gone with the
change; of a sealing key it stays KEEP_MS (sync.server.ring), and in backups as long as those.
"""

import hashlib
from typing import Any

import msgspec
from sqlalchemy import Connection, distinct, func, insert, select, update

from sync.crypto import signed as signatures
from sync.crypto import trust, wrap
from sync.crypto.keys import RegionKeys, key_id
from sync.protocol import wire
from sync.protocol.stream import Signed
from sync.protocol.trust import KEYS_MAX, Handover, KeyList, SealKey, Shown, SignKey
from sync.server import audit, revoked, ring, soiled, tables
from sync.server.city import City
from sync.server.key_tables import city_key, key_list
from sync.server.ring import (
    DAY_MS,
    KEEP_MS,
    KEYS_CONTEXT,
    OLD_KEY_CONTEXT,
    WITNESS_DAYS,
)
from sync.server.statements import POSTGRES

BACKUPS_MS = 35 * DAY_MS  # a city drops its backups after so long, and with them what they open


class Listed(msgspec.Struct, frozen=True):
    """One key as administrators see it; times are ms, 0 for "not yet".

    `unreadable` is when the last copy sealed to a sealing key can be opened nowhere any more, old
    backups included; 0 for the present one and for signing keys.
    """

    id: bytes
    use: str
    began: int
    retired: int
    gone: int
    destroys: int
    unreadable: int


def attend(city: City) -> None:
    """See to it that keys, epoch and region are those of now; mostly three small reads."""
    with city.database.read() as connection:
        number = ring.number(connection, city.code)
        city.know_epoch(connection)
        city.know_region(connection)
    if number != city.ring.number:
        city.know_keys()
    if not city.ring.number:
        _change(city, "", "")
    if city.ring.is_due(city.now()):
        _change(city, "", "keys_changed", due=True)
        if city.now() >= city.ring.due:  # a key whose day the clock alone says
            city.ring = msgspec.structs.replace(city.ring, due=city.now() + DAY_MS)


def rotate(city: City, by: str, *, signing: bool = False, lost: bool = False) -> KeyList:
    """Make a new sealing key, and with `signing` a new signing key; return the list that says so.

    `lost` (which means `signing`) takes back the word of the signing key that was the present one.
    """
    attend(city)
    return _change(city, by, "keys_rotated", seal=True, sign=signing or lost, lost=lost)


def publish(connection: Connection, city: City) -> None:
    """Make the next list in the caller's transaction; afterwards the city is to know its keys."""
    _publish(connection, city, None, city.now())


def meet(city: City, data: bytes) -> bytes:
    """Answer what a desk shows of our keys with our newest list.

    Refused(envelope_* | keys_elsewhere | message_malformed | signature_wrong | key_list_malformed).
    """
    shown = trust.opened(data, city.public.root)
    if shown.keys is not None:
        found = trust.checked(shown.keys, city.public.root)
        with city.database.read() as connection:
            strange = not _is_known(connection, city.code, shown.keys)
        if strange:
            _adopt(city, found, shown.keys)
    return newest(city)


def newest(city: City) -> bytes:
    """Lay the newest list in an envelope for all."""
    public = city.public
    return trust.enclosed(
        Shown(city.ring.listed),
        sign=city.keys.sign,
        writer=key_id(public.sign),
        root=public.root,
    )


def handovers(city: City, since: int) -> list[Handover]:
    """Give what signing keys that were retired after a time (ms) signed last, newest first."""
    with city.database.read() as connection:
        rows = connection.execute(
            select(city_key.c.public, city_key.c.handover)
            .where(
                city_key.c.region == city.code,
                city_key.c.retired > since,
                city_key.c.gone == 0,
                city_key.c.handover != b"",
            )
            .order_by(city_key.c.retired.desc())
            .limit(KEYS_MAX)
        ).all()
    return [Handover(row.public, wire.decode(row.handover, Signed)) for row in rows]


def listing(city: City) -> list[Listed]:
    """List every key that the city ever had, the newest first."""
    attend(city)
    now = city.now()
    with city.database.read() as connection:
        return [_listed(row, now) for row in _rows(connection, city.code)]


def destroys(row: Any, now: int) -> int:
    """Tell when a retired sealing key is destroyed, or was, or may be at the earliest; ms."""
    return int(row.gone or max(row.retired + KEEP_MS, now))


def _listed(row: Any, now: int) -> Listed:
    sealing = row.use == "seal"
    gone = (destroys(row, now) if row.retired else 0) if sealing else row.retired
    unreadable = gone + BACKUPS_MS if sealing and gone else 0
    return Listed(key_id(row.public), row.use, row.began, row.retired, row.gone, gone, unreadable)


def _change(
    city: City,
    by: str,
    act: str,
    *,
    due: bool = False,
    seal: bool = False,
    sign: bool = False,
    lost: bool = False,
) -> KeyList:
    """Bring keys and list to what they have to be, whatever another process did meanwhile."""
    with city.database.write() as connection:
        _erasing(connection, "ON")
        now = city.now()
        here = _begun(connection, city, now)
        seal = seal or _is_worn(connection, city.code, here, now)
        _turn(connection, city, here, now, seal=seal, sign=sign)
        destroyed = _destroy(connection, city.code, now)
        if lost:
            _update(connection, city.code, here.public.sign, gone=now, handover=b"")
        if seal or sign or destroyed or not due:
            listed = _publish(connection, city, here if sign and not lost else None, now)
            if act:  # the list of the keys that the city was made with is no change
                audit.note(connection, city, by, act, list=str(listed.number))
        _erasing(connection, "OFF")
        mark = soiled.soil(connection, city.code) if _keeps(connection) else b""
    if mark:
        soiled.clean_table(city, city_key.name, mark)
    city.know_keys()
    assert city.ring.listed is not None, "a list was published just now"
    return trust.checked(city.ring.listed, city.public.root)


def _keeps(connection: Connection) -> bool:
    """Tell whether what is destroyed stays in the table's pages until they are written anew."""
    return connection.dialect.name == POSTGRES


def _erasing(connection: Connection, state: str) -> None:
    """Have SQLite overwrite what is destroyed, within its file."""
    if not _keeps(connection):
        connection.exec_driver_sql(f"PRAGMA secure_delete = {state}").close()


def _begun(connection: Connection, city: City, now: int) -> ring.Ring:
    """Read the keys; those that a city was made with are written down at the first change."""
    here = city.read_keys(connection)
    known = {row.public for row in _rows(connection, city.code)}
    for use, public in (("seal", here.public.seal), ("sign", here.public.sign)):
        if public not in known:
            _add(connection, city.code, public, use, now)
    return here


def _is_worn(connection: Connection, region: str, here: ring.Ring, now: int) -> bool:
    row = connection.execute(select(city_key.c.began).where(_at(region, here.public.seal))).one()
    return ring.is_worn(row.began, now)


def _turn(
    connection: Connection, city: City, here: ring.Ring, now: int, *, seal: bool, sign: bool
) -> None:
    """Retire keys and make new ones in their place."""
    fresh = RegionKeys.make()
    keys = RegionKeys(
        fresh.sign if sign else here.keys.sign,
        fresh.seal if seal else here.keys.seal,
        here.keys.root,
    )
    secret, public = city.secret(), keys.public()
    if seal:
        private = wrap.wrap(here.keys.seal, secret, OLD_KEY_CONTEXT)
        place = _at(city.code, here.public.seal)
        began = connection.execute(select(city_key.c.began).where(place)).scalar_one()
        retired = max(now, began)  # by a clock that was put back it would be gone too soon
        _update(connection, city.code, here.public.seal, retired=retired, private=private)
        _add(connection, city.code, public.seal, "seal", now)
    if sign:
        _update(connection, city.code, here.public.sign, retired=now)
        _add(connection, city.code, public.sign, "sign", now)
    if seal or sign:
        connection.execute(
            update(tables.region)
            .where(tables.region.c.region == city.code)
            .values(keys=wrap.wrap(wire.encode(keys), secret, KEYS_CONTEXT))
        )


def _destroy(connection: Connection, region: str, now: int) -> bool:
    """Destroy the private halves whose day has come; tell whether there were any."""
    due = connection.execute(
        select(city_key.c.public, city_key.c.retired).where(
            city_key.c.region == region,
            city_key.c.private != b"",
            city_key.c.retired + KEEP_MS <= now,
        )
    ).all()
    gone = [row.public for row in due if _is_borne_out(connection, region, row.retired, now)]
    for public in gone:
        _update(connection, region, public, private=b"", gone=now)
    return bool(gone)


def _is_borne_out(connection: Connection, region: str, since: int, now: int) -> bool:
    """Tell whether desks sent something on enough days since then: time passed, no clock leapt."""
    received = tables.batch.c.received
    days = select(func.count(distinct(received // DAY_MS))).where(
        tables.batch.c.region == region, received > since, received <= now
    )
    return bool(connection.execute(days).scalar_one() >= WITNESS_DAYS)


def _publish(
    connection: Connection, city: City, handing: ring.Ring | None, now: int, after: int = 0
) -> KeyList:
    """Sign the next list; `handing` over, the old signing key signs it too."""
    here = city.read_keys(connection)
    rows = _rows(connection, city.code)
    listed = KeyList(
        max(here.number, after) + 1,
        here.public.root,
        now,
        [
            SealKey(row.public, row.began, row.retired)
            for row in rows
            if row.use == "seal" and key_id(row.public) in here.private
        ][:KEYS_MAX],
        [
            SignKey(row.public, row.began, row.retired, row.gone > 0)
            for row in rows
            if row.use == "sign"
        ][:KEYS_MAX],
        revoked.listed(connection, city.code),
    )
    plain = wire.encode(listed)
    _keep(connection, city.code, listed.number, signatures.sign(plain, here.keys.root, "keys"))
    if handing is not None:
        said = signatures.sign(plain, handing.keys.sign, "handover")
        _update(connection, city.code, handing.public.sign, handover=wire.encode(said))
    return listed


def _adopt(city: City, found: KeyList, shown: Signed) -> None:
    """Come after a list that another past of this city made."""
    with city.database.write() as connection:
        if _is_known(connection, city.code, shown):
            return
        now = city.now()
        here = _begun(connection, city, now)
        known = {row.public for row in _rows(connection, city.code)}
        for seal in found.seals:
            if seal.public not in known:
                _add(connection, city.code, seal.public, "seal", seal.not_before, now, now)
        for sign in found.signs:
            if sign.public not in known:
                _add(connection, city.code, sign.public, "sign", sign.not_before, now)
            if sign.lost:
                _update(connection, city.code, sign.public, gone=now, handover=b"")
        of_seal = found.seals[0].public != here.public.seal
        of_sign = found.signs[0].public != here.public.sign
        _turn(connection, city, here, now, seal=of_seal, sign=of_sign)
        _keep_strange(connection, city.code, found.number, shown)
        revoked.adopt(connection, city, found.revoked)
        lost = any(sign.lost and sign.public == here.public.sign for sign in found.signs)
        handing = here if of_sign and not lost else None
        listed = _publish(connection, city, handing, now, after=found.number)
        audit.note(
            connection, city, "", "keys_found", list=str(listed.number), shown=str(found.number)
        )
    city.know_keys()


def _is_known(connection: Connection, region: str, shown: Signed) -> bool:
    query = select(key_list.c.number).where(
        key_list.c.region == region, key_list.c.digest == hashlib.sha256(shown.plain).digest()
    )
    return connection.execute(query).first() is not None


def _keep_strange(connection: Connection, region: str, number: int, shown: Signed) -> None:
    """Keep a list of another past, so that it is met once; its number may be taken by ours."""
    taken = select(key_list.c.number).where(key_list.c.region == region)
    here = set(connection.execute(taken).scalars())
    place = number if number not in here else min(0, *here) - 1
    _keep(connection, region, place, shown)


def _keep(connection: Connection, region: str, number: int, listed: Signed) -> None:
    connection.execute(
        insert(key_list).values(
            region=region,
            number=number,
            digest=hashlib.sha256(listed.plain).digest(),
            content=wire.encode(listed),
        )
    )


def _rows(connection: Connection, region: str) -> list[Any]:
    query = select(city_key).where(city_key.c.region == region)
    order = (city_key.c.retired != 0, city_key.c.began.desc(), city_key.c.public)
    return list(connection.execute(query.order_by(*order)).all())


def _add(
    connection: Connection,
    region: str,
    public: bytes,
    use: str,
    began: int,
    retired: int = 0,
    gone: int = 0,
) -> None:
    connection.execute(
        insert(city_key).values(
            region=region,
            public=public,
            use=use,
            began=began,
            retired=retired,
            gone=gone,
            private=b"",
            handover=b"",
        )
    )


def _update(connection: Connection, region: str, public: bytes, **values: Any) -> None:
    connection.execute(update(city_key).where(_at(region, public)).values(**values))


def _at(region: str, public: bytes) -> Any:
    return (city_key.c.region == region) & (city_key.c.public == public)
