"""`server ...`: what an administrator does on the server's folder, whether it runs or not."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from forms.engine.problem import Problem, Refused
from forms.engine.region import Office
from sync.commands import credential
from sync.commands.call import Answer, Call
from sync.commands.edges import identity, moment
from sync.commands.files import replaced
from sync.commands.numbers import explained
from sync.commands.table import DONE, REFUSED
from sync.commands.trouble import shown
from sync.server.city import City


def init(call: Call) -> Answer:
    """Make a server: keys, schema, first administrator."""
    from sync.server import administration

    who = credential.ask(call)
    made = administration.init(
        call.server_dir,
        Path(call.options.region),
        operator=who.name,
        passphrase=who.passphrase,
        database=call.options.database or "",
    )
    return Answer(
        {"region": made.region, "epoch": made.epoch.hex(), "fingerprint": made.fingerprint}
    )


def upgrade(call: Call) -> Answer:
    """Bring the database to this program's schema; its owner's URL is needed on PostgreSQL."""
    from sync.server import administration

    schema = administration.upgrade(call.server_dir, call.options.database or "")
    return Answer({"ok": True, "schema": schema})


def run(call: Call) -> Answer:
    """Serve until told to end; the one line on stdout says where."""
    from sync.server import certificate
    from sync.server.address import Address

    given = call.options
    files = [Path(name) if name else None for name in (given.certificate, given.key)]
    if (files[0] is None) != (files[1] is None):
        raise Refused(Problem("certificate_half"))
    if files[0] is not None and files[1] is not None:
        certificate.check(files[0], files[1])
    address = Address(given.host, given.port, *files)
    if given.workers == 1:
        from sync.server.run import run as serve

        serve(call.server_dir, address, call.announce)
    else:
        from sync.server.workers import run as share_out

        share_out(call.server_dir, address, given.workers, call.announce)
    return Answer({})


def add_office(call: Call) -> Answer:
    """Add an office."""
    from sync.server import offices

    given = call.options
    office = Office(
        b"",
        given.code,
        given.kind,
        given.name,
        given.area,
        _areas(given.catchment),
        given.address,
        given.phone,
        given.email,
        given.postcode,
    )
    with opened(call) as (city, who):
        return Answer({"office": offices.add(city, office, who).hex(), "code": given.code})


def cover(call: Call) -> Answer:
    """Give an office another catchment; say how many records came to it and went."""
    from sync.server import offices

    given = call.options
    with opened(call) as (city, who):
        came, went = offices.cover(city, given.office, _areas(given.catchment), who)
    return Answer({"office": given.office, "entered": came, "left": went})


def _areas(listed: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in listed.split(",") if code.strip())


def enrol_code(call: Call) -> Answer:
    """Make a one-time code for a device."""
    from sync.server import codes

    with opened(call) as (city, who):
        code, expires = codes.make(city, call.options.office, call.options.role, who)
    return Answer({"code": code, "expires": moment(expires)})


def list_devices(call: Call) -> Answer:
    """List every device."""
    from sync.server import devices

    with opened(call) as (city, _):
        found = devices.listing(city)
    return Answer(
        {
            "devices": [
                {
                    "id": device.id.hex(),
                    "office": device.office,
                    "enrolled": moment(device.enrolled),
                    "last_seen": moment(device.last_seen) if device.last_seen else None,
                    "incarnation": device.incarnation.hex(),
                    "revoked": device.revoked,
                    "parent": device.parent.hex() or None,
                }
                for device in found
            ]
        }
    )


def revoke_device(call: Call) -> Answer:
    """Let a device in no more."""
    from sync.server import revocation

    device = identity(call.options.id, "device_unknown")
    with opened(call) as (city, who):
        revocation.revoke(city, device, who, compromised=call.options.compromised)
    return Answer({"ok": True, "device": device.hex()})


def status(call: Call) -> Answer:
    """Count what the server holds."""
    from sync.server import administration

    with opened(call) as (city, _):
        found = administration.status(city)
    body: dict[str, Any] = {name: getattr(found, name) for name in found.__struct_fields__}
    return Answer({**body, "epoch": found.epoch.hex()})


def records(call: Call) -> Answer:
    """List what the city holds of a service."""
    from sync.server import records as held

    given = call.options
    after = identity(given.after) if given.after else b""
    with opened(call) as (city, who):
        found = held.listing(
            city, given.service, office=given.office or "", after=after, limit=given.limit or 0
        )
        held.note_listed(city, who, given.service, len(found))
    return Answer({"records": [_record(record) for record in found]})


def export_keys(call: Call) -> Answer:
    """Write the public keys that `check` needs."""
    from sync.server import administration

    path = Path(call.options.file)
    with opened(call) as (city, _):
        replaced(path, administration.export_keys(city))
    return Answer({"ok": True, "file": str(path)})


def explain_numbers(call: Call) -> Answer:
    """Explain every number of an office's series."""
    from sync.server import records as held

    given = call.options
    with opened(call) as (city, _):
        asked = given.office, given.series, given.year
        found, inserted = held.explain(city, *asked), held.inserted(city, *asked)
    return Answer({"numbers": [explained(n, inserted.get(n.number, ())) for n in found]})


def verify(call: Call) -> Answer:
    """Check every chain, number and digest."""
    from sync.server import verify as verifying

    with opened(call) as (city, _):
        problems = list(shown(verifying.verify(city)))
    return Answer({"ok": not problems, "problems": problems}, REFUSED if problems else DONE)


def _record(record: Any) -> dict[str, Any]:
    told = {
        "id": record.id.hex(),
        "service": record.service,
        "office": record.office,
        "state": record.state,
    }
    if record.subject:
        told["subject"] = record.subject.hex()
    if record.number:
        told["number"] = record.number
    return {**told, "answers": record.answers}


@contextmanager
def opened(call: Call) -> Iterator[tuple[City, str]]:
    """Open the server's folder for a signed-in administrator, whose name is given beside it."""
    from sync.server import administration, erasure_list

    city = City.open(call.server_dir)
    try:
        who = credential.ask(call)
        name = administration.sign_in(city, who.name, who.passphrase)
        erasure_list.heed(city, [city.folder])  # as the server does when it starts
        yield city, name
    finally:
        city.close()
