"""Everything that is wrong with a region's files, and what nobody has confirmed yet."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from forms.engine import catalogue
from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.engine.region import Region
from forms.engine.source import Source

_BY_SERVICE = ("classification", "validity", "signers", "standard_minutes")


def problems(path: Path) -> tuple[Problem, ...]:
    """Read a region file with its folder; all problems, those with the shipped services included.

    A letter's code that is not in the region's list is one, where the list is whole.
    """
    try:
        region = Region.read(path)
    except Refused as refused:
        return refused.problems
    source = Source(path.name, path.read_bytes())
    services = catalogue.load().forms
    for table in _BY_SERVICE:
        for service in source.data.get(table, {}):
            if service not in services:
                source.add("region_service", (table, service), service=service)
    for service in source.data.get("services", {}).get("off", []):
        if service not in services:
            source.add("region_service", ("services", "off"), service=service)
    known = {tile.name for form in services.values() for tile in form.tiles}
    for name in region.live.order:
        if name not in known:
            source.add("region_tile", ("live", "order"), tile=name)
    _numbers(source, region, services.values())
    if region.codes_are_whole:
        _unlisted(source, region, services.values())
    if len(region.areas.children("")) == 0:
        source.add("area_none")
    return tuple(source.problems)


def warnings(path: Path) -> tuple[Problem, ...]:
    """Tell what a region without problems still lacks before its first official letter."""
    region = Region.read(path)
    source = Source(path.name, path.read_bytes())
    if not region.logo:
        source.add("logo_missing")
    if not region.hours_are_confirmed:
        source.add("hours_unconfirmed", ("hours",))
    if not region.codes_are_whole:
        source.add("codes_unconfirmed", ("codes",))
        if len(region.codes):
            _unlisted(source, region, catalogue.load().forms.values())
    return tuple(source.problems)


def _letters(region: Region, services: Iterable[Form]) -> Iterator[tuple[Form, str]]:
    """Give the letters that a region offers, each with its code there."""
    for form in services:
        if form.letter is not None and region.offers(form.code):
            yield form, region.classification(form.code, form.letter.classification)


def _unlisted(source: Source, region: Region, services: Iterable[Form]) -> None:
    for form, code in _letters(region, services):
        if code not in region.codes:
            facts = {"code": code, "service": form.code, "title": form.title}
            source.add("codes_unlisted", ("classification", form.code), **facts)


def _numbers(source: Source, region: Region, services: Iterable[Form]) -> None:
    """Find letters that are counted apart and bear one code: their number texts would be equal."""
    if region.numbers.series != "per_service":
        return
    first: dict[str, str] = {}
    for form, code in _letters(region, services):
        other = first.setdefault(code, form.code)
        if other != form.code:
            facts = {"service": form.code, "other": other, "code": code}
            source.add("numbers_shared", ("numbers", "series"), **facts)
