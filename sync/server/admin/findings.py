"""Findings of the inspectorate: the list with days left, a new one, an office's answer judged."""

import datetime as dt

from forms.engine.problem import Problem, Refused
from forms.engine.words import worded
from sync.server import accounts, findings, findings_sheet
from sync.server.admin.places import Places, identity
from sync.server.findings import Finding
from sync.server.web.visit import HOME, Page, Reply, Sent, Shown, Told, Visit

LIST = HOME + "/findings"
NEW = LIST + "/new"
ONE = LIST + "/of/{finding}"
PDF, CSV = "pdf", "csv"
DAYS = ("tanggal_lhp", "diterima")


def show_all(visit: Visit) -> Reply:
    """List findings, what an office has to do first; or give the list as a file."""
    found = findings.listing(visit.city)
    kind = visit.query.get("as")
    if kind == PDF:
        content = findings_sheet.as_pdf(visit.city, found, visit.who)
        return Told(content, "application/pdf", "temuan.pdf")
    if kind == CSV:
        return Told(findings_sheet.as_csv(found), "text/csv", "temuan.csv")
    facts = {
        "findings": found,
        "counts": findings_sheet.counts(found),
        "owed": findings.OWED,
    }
    return Shown("admin/findings.html", facts)


def ask(visit: Visit) -> Reply:
    """Ask for a new finding."""
    form = visit.city.catalogue.form(findings.SERVICE)
    kinds = set(form.office_kinds)
    facts = {
        "problems": visit.problems,
        "offices": [place for place in Places(visit.city).every if place.kind in kinds],
        "office": visit.form.get("office"),
        "fields": form.fields,
        "texts": {key: visit.form.get(key) for key in (*findings.TEXT, *DAYS)},
        "keys": findings.KEYS,
        "days": findings.DAYS,
        "today": visit.city.day(visit.city.now()).isoformat(),
    }
    return Shown("admin/finding_new.html", facts)


def begin(visit: Visit) -> Reply:
    """Tell the office of it."""
    form = visit.form
    written, received = (_day(form.get(key), key) for key in DAYS)
    texts = {key: form.get(key) for key in findings.TEXT}
    found = Finding(form.get("office"), written, received, texts)
    record = findings.begin(visit.city, found, visit.who)
    return Sent(f"{LIST}/of/{record.hex()}")


def show(visit: Visit) -> Reply:
    """Show one finding, what was said about it, and what the city may do now."""
    found, story = findings.find(visit.city, _id(visit))
    form = visit.city.catalogue.form(findings.SERVICE)
    facts = {
        "problems": visit.problems,
        "one": found,
        "story": story,
        "labels": {key: worded(field.label) for key, field in form.fields.items()},
        "keys": findings.KEYS,
        "owed": found.state in findings.OWED,
        "acts": findings.may(visit.city, found.state),
        "reason": visit.form.get("reason"),
    }
    return Shown("admin/finding.html", facts)


def judge(visit: Visit) -> Reply:
    """Do one of the city's acts."""
    record = _id(visit)
    findings.judge(visit.city, record, visit.form.get("act"), visit.form.get("reason"), visit.who)
    return Sent(f"{LIST}/of/{record.hex()}")


def _id(visit: Visit) -> bytes:
    return identity(visit.given["finding"], "record_unknown")


def _day(text: str, field: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise Refused(Problem("date_impossible", field)) from error


PAGES = (
    Page(LIST, accounts.LISTS, show_all, menu="findings"),
    Page(NEW, accounts.FINDS, ask, begin, accounts.FINDS),
    Page(ONE, accounts.LISTS, show, judge, accounts.FINDS),
)
