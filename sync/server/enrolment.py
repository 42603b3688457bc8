"""Lets a laptop in: a one-time code becomes a device, its first operator, leases and a start.

The messages are drawn in sync.protocol.enrol; the server gives the device its id. A Join that comes
again with the same keys, because the answer was lost, gets its Welcome again.
"""

import os
from typing import Any

from sqlalchemy import Connection, insert, select

from forms.engine.check import Scene, check
from forms.engine.problem import Problem, Refused
from forms.engine.region import Office
from sync.crypto import envelope, letter, signed
from sync.protocol import wire
from sync.protocol.change import ID_BYTES, NEW, NOBODY, Body
from sync.protocol.enrol import Hello, Join, OfficeShape, Request, Welcome
from sync.protocol.epoch import Admission
from sync.protocol.stream import Signed
from sync.protocol.view import Judgement, Present
from sync.server import (
    acts,
    audit,
    city_keys,
    codes,
    epochs,
    erasure_list,
    leases,
    lives,
    offices,
    streams,
    tables,
    writing,
)
from sync.server.city import OPERATOR, City
from sync.server.devices import Device
from sync.server.exchange import seal
from sync.server.judging import Outcome
from sync.server.leases import Holder
from sync.server.view import BatchView

PROTOCOL_VERSION = 1
WELCOME_ROWS = 2_000  # some 120 kB: it comes in one piece, and all that follows in ones that resume


def hello(city: City) -> Signed:
    """Say who the server is; the desk compares the key with its code's digest."""
    city_keys.attend(city)
    now = city.now()
    former = city_keys.handovers(city, now - codes.CODE_MS)
    plain = wire.encode(Hello(city.public, PROTOCOL_VERSION, now, city.ring.listed, former))
    return signed.sign(plain, city.keys.sign, "hello")


def enrol(city: City, data: bytes) -> bytes:
    """Answer a Join with a sealed Welcome.

    Refused(envelope_* | signature_wrong | seal_wrong | key_gone | join_header |
    code_unknown | code_used | code_expired), or what is wrong with the operator's name.
    """
    city_keys.attend(city)
    join = _join(city, data)
    with city.database.write() as connection:
        row = codes.find(connection, city, join.secret)
        if row.used:
            welcome_again = _device(connection, city, row.device, join)
            if welcome_again is None:
                raise Refused(Problem("code_used"))
            device = welcome_again
        else:
            device = _admit(connection, city, join, row)
        welcome = _welcome(connection, city, device, row.role)
    return seal(city, device, welcome, "welcome")


def _join(city: City, data: bytes) -> Join:
    request = wire.decode(data, Request)
    message = envelope.read(request.envelope)
    if message.header.kind != "enrol":
        raise Refused(Problem("envelope_kind"))
    opener = city.ring.opener(message.header.reader)
    join = wire.decode(envelope.open_sealed(message, request.sign, opener), Join)
    if (join.sign, join.incarnation) != (request.sign, message.header.incarnation):
        raise Refused(Problem("join_header"))
    return join


def _admit(connection: Connection, city: City, join: Join, row: Any) -> Device:
    """Make device, operator and leases, and use the code up."""
    now = city.now()
    office = offices.by_id(connection, city.code, row.office)
    device = Device(os.urandom(ID_BYTES), office.id, join.sign, join.seal, join.incarnation, now)
    operator = _first_operator(connection, city, office, join, row.role)
    certificate = letter.certify(join.letter, office.name, city.code, city.keys.root)
    connection.execute(
        insert(tables.device).values(
            region=city.code,
            id=device.id,
            office=office.id,
            sign=join.sign,
            seal=join.seal,
            letter=join.letter,
            certificate=certificate,
            operator=operator,
            incarnation=join.incarnation,
            enrolled=now,
            seen=now,
            revoked=0,
        )
    )
    lives.begin(connection, city, device, join.incarnation)
    codes.use(connection, city, row.hashed, device.id)
    holder = Holder(office, device.id, join.incarnation)
    series = leases.every(city, office.kind)
    leases.grant(connection, city, holder, series, at_least=leases.FIRST_MIN)
    audit.note(connection, city, "", "enrolled", office.id, device=device.id.hex())
    return device


def _first_operator(
    connection: Connection, city: City, office: Office, join: Join, role: str
) -> bytes:
    """Write the operator's record as a change of the server's own; return the record's id."""
    form = city.catalogue.form(OPERATOR)
    now = city.now()
    scene = Scene(city.day(now), office.area, city.region.areas)
    answers = check(form, {"nama": join.operator, "peran": [role]}, scene)
    body = Body(answers=answers)
    change = acts.made(connection, city, form, NEW, body, state=form.machine.start)
    heads = {"": change.id}
    present = Present(
        change.id, OPERATOR, office.id, NOBODY, form.machine.start, dict(answers), heads
    )
    view = BatchView(connection, city, {})
    view.speak_for(office.id)
    view.load([change])
    judgement = Judgement("applied", present=present)
    view.put(change, judgement)
    writing.write(view, [Outcome(change, judgement)], now)
    return change.id


def _device(connection: Connection, city: City, device: bytes, join: Join) -> Device | None:
    table = tables.device
    row = connection.execute(
        select(table).where(table.c.region == city.code, table.c.id == device)
    ).one()
    same = (row.sign, row.seal, row.letter, row.incarnation) == (
        join.sign,
        join.seal,
        join.letter,
        join.incarnation,
    )
    if not same or row.revoked:
        return None
    return Device(row.id, row.office, row.sign, row.seal, row.incarnation, row.seen)


def _welcome(connection: Connection, city: City, device: Device, role: str) -> Welcome:
    office = offices.by_id(connection, city.code, device.office)
    table = tables.device
    row = connection.execute(
        select(table).where(table.c.region == city.code, table.c.id == device.id)
    ).one()
    shape = offices.shape(office)
    found = streams.pages(connection, city, office.id, (), WELCOME_ROWS)
    return Welcome(
        device=device.id,
        operator=row.operator,
        role=role,
        office=shape,
        region=city.code,
        pack=city.region.pack(),
        keys=city.public,
        epoch=city.epoch,
        policy=city.policy,
        certificate=row.certificate,
        leases=leases.held(connection, city.code, device.id),
        pages=found.pages,
        texts=found.texts,
        time=city.now(),
        admission=_admission(city, row, shape),
        lineage=epochs.statements(connection, city, office.id, city.epoch, own=True),
        erasures=erasure_list.told(connection, city, office.id, None).entries,
    )


def _admission(city: City, row: Any, office: OfficeShape) -> Signed:
    """Vouch for a device, so that it can show a restored server that it was let in.

    The root does: a signing key may be lost by then, and what it vouched for alone counts no more.
    """
    admission = Admission(
        row.id,
        office,
        row.sign,
        row.seal,
        row.letter,
        row.certificate,
        row.operator,
        row.incarnation,
        row.enrolled,
        city.epoch,
    )
    return signed.sign(wire.encode(admission), city.keys.root, "admission")
