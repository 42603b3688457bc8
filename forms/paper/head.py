"""What all letters of one kind, office and signatory have in common: letterhead, names, labels."""

import hashlib
from typing import Any

import msgspec

from forms.engine import parts
from forms.engine.form import Form, Letter
from forms.engine.kinds import rows
from forms.engine.region import Office, Region
from forms.engine.spec import Field, Signer
from forms.engine.words import say
from forms.paper.printed import area_names


class Signatory(msgspec.Struct, frozen=True):
    """Who signs; `on_behalf` is the title of the official in whose name that is done, or "".

    `through` is the title that stands between, where somebody signs for who signs on behalf (u.b.).
    A bare title of the region's terms ("Lurah"), also an acting one's ("Plt. Lurah"), is printed
    with the office's place.
    """

    title: str
    name: str
    rank: str = ""
    nip: str = ""
    on_behalf: str = ""
    through: str = ""

    @property
    def level(self) -> Signer:
        """As whom they sign: the head, the secretary on the head's behalf, a section head."""
        if self.through:
            return "kasi"
        return "sekretaris" if self.on_behalf else "kepala"


def head_of(form: Form, region: Region, office: Office, signatory: Signatory) -> dict[str, Any]:
    """Gather the head as plain JSON; `logo` is the digest of the emblem that belongs to it."""
    assert form.letter is not None, "only a letter has a head"
    within = area_names(office.area, region.areas, region.terms)[1:]
    through = _placed(signatory.through, region, office)
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
            **({"through": through} if through else {}),
        },
        "region": {"code": region.code, "name": region.name, "terms": dict(region.terms)},
        **_own(form, form.letter),
        **_around(form.letter, region, office),
    }


def _own(form: Form, letter: Letter) -> dict[str, Any]:
    """Gather what only some forms have: another kind of paper, persons, lists."""
    persons = {f.key: f.party for f in form.fields.values() if f.party and f.kind == "person"}
    lists = [field for field in form.fields.values() if field.kind == "rows"]
    given = {
        "kind": letter.kind if letter.kind != "letter" else "",
        "model": letter.model,
        "holder": letter.holder,
        "copies": list(letter.copies),
        "asks": {key: list(party.asks) for key, party in persons.items()},
        "parts": {key: part.label for key, part in parts.parts().items()} if persons else {},
        "columns": {field.key: _columns(field) for field in lists},
    }
    return {key: value for key, value in given.items() if value}


def _columns(field: Field) -> list[list[str]]:
    return [[column.key, column.label] for column in rows.columns(field)]


def _around(letter: Letter, region: Region, office: Office) -> dict[str, Any]:
    """Name where the office lies, for letters whose camat or sheets ask for it."""
    if not letter.camat and not letter.sheets:
        return {}
    chain = list(region.areas.parents(office.area))
    if region.areas.knows(office.area):
        chain.insert(0, region.areas.area(office.area))
    names = {area.level: area.name for area in chain}
    title = region.terms.get("head_kecamatan", "")
    camat = f"{title} {names.get('kecamatan', '')}".strip()
    names |= {"postcode": office.postcode} if office.postcode else {}
    around: dict[str, Any] = {"area": office.area, "areas": names}
    return {**around, "camat": camat} if letter.camat else around


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
    acting, _, rest = title.rpartition(". ")  # Plt., Plh., Pj.
    if not title or bare not in {title, rest}:
        return title
    return f"{acting}. {_head_title(region, office)}" if acting else _head_title(region, office)


def _contact(office: Office) -> list[str]:
    first = [
        office.address,
        say("printed.phone", phone=office.phone) if office.phone else "",
        say("printed.postcode", postcode=office.postcode) if office.postcode else "",
    ]
    second = say("printed.email", email=office.email) if office.email else ""
    return [line for line in (", ".join(filter(None, first)), second) if line]
