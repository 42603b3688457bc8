"""What all letters of one kind, office and signatory have in common: letterhead, names, labels."""

import hashlib
from typing import Any

import msgspec

from forms.engine.form import Form
from forms.engine.region import Office, Region
from forms.engine.words import say
from forms.paper.printed import area_names


class Signatory(msgspec.Struct, frozen=True):
    """Who signs; `on_behalf` is the title of the official in whose name that is done, or "".

    A bare title of the region's terms ("Lurah") is printed with the office's place.
    """

    title: str
    name: str
    rank: str = ""
    nip: str = ""
    on_behalf: str = ""


def head_of(form: Form, region: Region, office: Office, signatory: Signatory) -> dict[str, Any]:
    """Gather the head as plain JSON; `logo` is the digest of the emblem that belongs to it."""
    assert form.letter is not None, "only a letter has a head"
    within = area_names(office.area, region.areas, region.terms)[1:]
    return {
        "form": form.code,
        "version": form.version,
        "title": form.letter.title,
        "labels": {key: field.label for key, field in form.fields.items()},
        "size": region.paper,
        "letterhead": list(region.head_lines(office)),
        "contact": _contact(office),
        "logo": hashlib.sha256(region.logo).hexdigest(),
        "office": _office_name(region, office),
        "place": _place(region, office),
        "official": ", ".join([_head_title(region, office), *within]),
        "signatory": {
            "title": _placed(signatory.title, region, office),
            "on_behalf": _placed(signatory.on_behalf, region, office),
            "name": signatory.name,
            "rank": signatory.rank,
            "nip": signatory.nip,
        },
        "region": {"code": region.code, "name": region.name, "terms": dict(region.terms)},
    }


def _place(region: Region, office: Office) -> str:
    known = region.areas.knows(office.area)
    return region.areas.area(office.area).name if known else region.place


def _is_area(region: Region, office: Office) -> bool:
    """Tell whether the office is that of an area itself, as a kelurahan's or a kecamatan's is."""
    areas = region.areas
    return areas.knows(office.area) and areas.area(office.area).level == office.kind


def _office_name(region: Region, office: Office) -> str:
    if _is_area(region, office):
        return area_names(office.area, region.areas, region.terms)[0]
    return office.name


def _head_title(region: Region, office: Office) -> str:
    title = region.terms.get(f"head_{office.kind}", "")
    if _is_area(region, office):
        return f"{title} {_place(region, office)}".strip()
    return f"{title}, {office.name}" if title else office.name


def _placed(title: str, region: Region, office: Office) -> str:
    bare = region.terms.get(f"head_{office.kind}")
    return _head_title(region, office) if title and title == bare else title


def _contact(office: Office) -> list[str]:
    first = [
        office.address,
        say("printed.phone", phone=office.phone) if office.phone else "",
        say("printed.postcode", postcode=office.postcode) if office.postcode else "",
    ]
    second = say("printed.email", email=office.email) if office.email else ""
    return [line for line in (", ".join(filter(None, first)), second) if line]
