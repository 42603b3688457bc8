"""`server office list` and `edit`: offices as their letterheads name them."""

from sync.commands.call import Answer, Call
from sync.commands.city import opened
from sync.server import offices


def list_all(call: Call) -> Answer:
    """List every office with its catchment and how many devices may speak for it."""
    with opened(call) as (city, _):
        found = offices.listing(city)
    return Answer(
        {
            "offices": [
                {
                    "id": office.id.hex(),
                    "code": office.code,
                    "kind": office.kind,
                    "name": office.name,
                    "area": office.area,
                    "catchment": list(office.catchment),
                    "address": office.address,
                    "phone": office.phone,
                    "email": office.email,
                    "postcode": office.postcode,
                    "devices": count,
                }
                for office, count in found
            ]
        }
    )


def edit(call: Call) -> Answer:
    """Change what an office is called and how it is reached; what isn't given stays."""
    given = call.options
    said = {name: getattr(given, name) for name in offices.PARTS}
    parts = {name: text for name, text in said.items() if text is not None}
    with opened(call) as (city, who):
        office = offices.edit(city, given.office, who, **parts)
    return Answer({"ok": True, "office": office.code, **{n: getattr(office, n) for n in said}})
