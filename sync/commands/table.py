"""Every command in one table: words, the function that does it, what it takes; and exit codes.

A function is named as text and imported when its command is called, so `nik` starts without SQL,
keys or a network. Help texts are words too: `help.<words>` for a command, `argument.<name>` for
what it takes.
"""

from typing import Any, NamedTuple

from forms.engine.problem import Locked, Refused, Unreachable
from forms.engine.spec import ROLES

DONE = 0
REFUSED = 1
USAGE = 2

# What ended a command, and the status that says so to a script; the first that fits.
EXITS: tuple[tuple[type[Exception], int], ...] = (
    (Refused, REFUSED),
    (Locked, 3),
    (Unreachable, 4),
)

OFFICE_KINDS = (
    "kelurahan", "kecamatan", "puskesmas", "hospital", "school", "dinas", "police", "field",
)  # fmt: skip

REPORTS = (
    "register", "outgoing", "countersigned", "incoming", "expedition", "unused", "monthly",
    "times", "ended", "complaints", "services", "residents",
)  # fmt: skip


class Argument(NamedTuple):
    """What argparse's add_argument takes."""

    flags: tuple[str, ...]
    keywords: dict[str, Any]


class Command(NamedTuple):
    """One command; `function` is `module:name` below this package."""

    words: str
    function: str
    arguments: tuple[Argument, ...] = ()


def _arg(*flags: str, **keywords: Any) -> Argument:
    return Argument(flags, keywords)


def _must(flag: str, **keywords: Any) -> Argument:
    return Argument((flag,), {"required": True, **keywords})


_DETAIL = (_must("--answers", metavar="FILE"), _arg("--reason", default=""))
_SERIES = (_must("--series"), _must("--year", type=int))
_INSERT = _arg("--insert-after", metavar="N[/YEAR]")
_PAGE = (_arg("--limit", type=int), _arg("--after", metavar="ID"))
_OFFICE = _arg("--office", metavar="CODE")
_PAPER = (_arg("id"), _arg("paper", metavar="KEY"), _arg("file"))
_WHICH = _arg("which", metavar="ID|all")
_LOOKED = (_arg("--whom", metavar="ID|NIK"), _arg("--by", metavar="ID"), _OFFICE)
_ACCOUNTS = ("administrator", "walikota", "auditor", "inspektorat")
_ACCOUNT_ROLE = _must("--role", choices=_ACCOUNTS)
_CHOICE = (
    _arg("id"),
    _must("--keep", choices=("present", "proposed")),
    _arg("--reason", default=""),
)

COMMANDS: tuple[Command, ...] = (
    Command("demo", "demo:demo", (_arg("--headless", action="store_true"), _arg("--dir"))),
    Command(
        "practice",
        "practice:practice",
        (_arg("--reset", action="store_true"), _arg("--prepare", action="store_true")),
    ),
    # The city's server.
    Command("server init", "city:init", (_must("--region", metavar="FILE"), _arg("--database"))),
    Command(
        "server run",
        "city:run",
        (
            _arg("--host", default="127.0.0.1"),
            _arg("--port", type=int, default=8420),
            _arg("--workers", type=int, default=1),
            _arg("--certificate", metavar="FILE"),
            _arg("--key", metavar="FILE"),
        ),
    ),
    Command(
        "server office add",
        "city:add_office",
        (
            _must("--code"),
            _must("--kind", choices=OFFICE_KINDS),
            _must("--name"),
            _must("--area", metavar="KODE"),
            _arg("--catchment", metavar="KODE,...", default=""),
            _arg("--address", default=""),
            _arg("--phone", default=""),
            _arg("--email", default=""),
            _arg("--postcode", default=""),
        ),
    ),
    Command(
        "server office catchment",
        "city:cover",
        (_must("--office", metavar="CODE"), _must("--catchment", metavar="KODE,...")),
    ),
    Command("server office list", "city_offices:list_all"),
    Command(
        "server office edit",
        "city_offices:edit",
        (
            _must("--office", metavar="CODE"),
            _arg("--name"),
            _arg("--address"),
            _arg("--phone"),
            _arg("--email"),
            _arg("--postcode"),
        ),
    ),
    Command("server regions", "city_regions:list_all", (_arg("--database"),)),
    Command("server region apply", "city_regions:apply", (_arg("file"),)),
    Command(
        "server enrol-code",
        "city:enrol_code",
        (_must("--office", metavar="CODE"), _must("--role", choices=ROLES)),
    ),
    Command("server device list", "city:list_devices"),
    Command(
        "server device revoke",
        "city:revoke_device",
        (_arg("id"), _arg("--compromised", action="store_true")),
    ),
    Command("server device lost", "city_lost:report", (_arg("id"), _must("--out", metavar="FILE"))),
    Command("server evidence", "evidence:list_all"),
    Command("server evidence release", "evidence:release", (_arg("id"),)),
    Command("server evidence refuse", "evidence:refuse", (_arg("id"),)),
    Command("server admin list", "city_accounts:list_all"),
    Command("server admin add", "city_accounts:add", (_arg("name"), _ACCOUNT_ROLE)),
    Command("server admin remove", "city_accounts:remove", (_arg("name"),)),
    Command("server admin role", "city_accounts:set_role", (_arg("name"), _ACCOUNT_ROLE)),
    Command("server admin reset", "city_accounts:reset", (_arg("name"),)),
    Command("server admin factor", "city_accounts:give_factor", (_arg("name"),)),
    Command("server admin unlock", "city_accounts:unlock", (_arg("name"),)),
    Command("server status", "city:status"),
    Command("server records", "city:records", (_must("--service"), _OFFICE, *_PAGE)),
    Command("server keys", "city_keys:list_all"),
    Command(
        "server keys rotate",
        "city_keys:rotate",
        (_arg("--signing", action="store_true"), _arg("--lost", action="store_true")),
    ),
    Command("server keys export", "city:export_keys", (_arg("file"),)),
    Command(
        "server numbers explain",
        "city:explain_numbers",
        (_must("--office", metavar="CODE"), *_SERIES),
    ),
    Command("server metrics token", "city_metrics:make_token"),
    Command("server live token", "city_live:make_token", (_arg("screen"),)),
    Command("server live tokens", "city_live:list_tokens"),
    Command("server live revoke", "city_live:revoke_token", (_arg("screen"),)),
    Command("server live count", "city_live:count_anew"),
    Command(
        "server disposition",
        "city_live:direct",
        (
            _must("--office", metavar="CODE"),
            _must("--sender"),
            _must("--about"),
            _must("--request"),
            _must("--due", metavar="D"),
        ),
    ),
    Command("server dispositions", "city_live:list_directives"),
    Command("server findings", "city_findings:listing", (_arg("--out", metavar="FILE"),)),
    Command(
        "server finding begin",
        "city_findings:begin",
        (_must("--office", metavar="CODE"), _must("--answers", metavar="FILE")),
    ),
    Command(
        "server finding judge",
        "city_findings:judge",
        (_arg("id"), _arg("action"), _must("--reason")),
    ),
    Command("server edges", "city_edges:listing", (_arg("--state", default=""), *_PAGE)),
    Command("server edges send", "city_edges:send"),
    Command("server edges retry", "city_edges:retry", (_arg("id"),)),
    Command("server carry", "carry:visit", (_arg("dir"),)),
    Command("server conflicts", "city_conflicts:list_all"),
    Command("server conflict settle", "city_conflicts:settle", _CHOICE),
    Command("server removals", "city_removals:list_all"),
    Command("server removals release", "city_removals:release", (_WHICH,)),
    Command("server removals refuse", "city_removals:refuse", (_WHICH,)),
    Command(
        "server erase",
        "city_erasure:erase",
        (
            _arg("record", metavar="ID"),
            _must("--reason"),
            _arg("--ground", default=""),
            _arg("--with-subject-records", action="store_true"),
            _arg("--dry-run", action="store_true"),
            _arg("--despite-retention", action="store_true"),
        ),
    ),
    Command("server erasures", "city_erasure:list_all"),
    Command(
        "server retention",
        "city_retention:retention_due",
        (
            _arg("--dry-run", action="store_true"),
            _arg("--apply", action="store_true"),
            _arg("--count", type=int, metavar="N"),
        ),
    ),
    Command("server upgrade", "city:upgrade", (_arg("--database"),)),
    Command("server verify", "city:verify"),
    Command("server backup", "city_backup:backup", (_arg("file"),)),
    Command(
        "server nightly",
        "city_backup:nightly",
        (_must("--dir"), _arg("--nights", type=int, default=14)),
    ),
    Command("server restore", "city_backup:restore", (_arg("file"),)),
    Command("server audit export", "city_audit:export", (_must("--out", metavar="FILE"), _OFFICE)),
    Command("server looks", "city_audit:looks", (*_LOOKED, _arg("--limit", type=int, default=50))),
    Command(
        "server looks export",
        "city_audit:export_looks",
        (_must("--out", metavar="FILE"), *_LOOKED),
    ),
    # The desk.
    Command("enrol", "desk:enrol", (_must("--server"), _must("--code"), _must("--operator"))),
    Command(
        "import residents",
        "residents:import_file",
        (_arg("file"), _arg("--dry-run", action="store_true"), _arg("--report", metavar="FILE")),
    ),
    Command("services", "services:list_all"),
    Command("services show", "services:show", (_arg("service"),)),
    Command(
        "record new",
        "record:new",
        (
            _arg("service"),
            *_DETAIL,
            _arg("--subject", metavar="ID"),
            _arg("--replaces", metavar="ID"),
            _arg("--issue", action="store_true"),
            _INSERT,
            _arg("--many", action="store_true"),
        ),
    ),
    Command("record edit", "record:edit", (_arg("id"), *_DETAIL)),
    Command(
        "record move",
        "record:move",
        (_arg("id"), _arg("action"), _arg("--reason", default=""), _INSERT),
    ),
    Command("record attach", "attach:attach", (*_PAPER, _arg("--reason", default=""))),
    Command("record fetch", "attach:fetch", _PAPER),
    Command("record show", "record:show", (_arg("id"),)),
    Command(
        "record find",
        "record:find",
        (_arg("text"), _arg("--service"), _arg("--limit", type=int, default=50)),
    ),
    Command("record list", "record:list_all", (_must("--service"), *_PAGE)),
    Command(
        "letter pdf",
        "letter:pdf",
        (
            _arg("id"),
            _arg("file"),
            _arg("--preview", action="store_true"),
            _arg("--sign", metavar="P12"),
        ),
    ),
    Command("sync", "desk:sync"),
    Command(
        "hub run",
        "hub:run",
        (
            _must("--dir"),
            _must("--server"),
            _arg("--host", default="0.0.0.0"),  # noqa: S104 - the desks of the office come from outside
            _arg("--port", type=int, default=8421),
        ),
    ),
    Command("hub use", "hub:use", (_arg("hub", nargs="?"),)),
    Command("device rekey", "desk:rekey"),
    Command("carry out", "carry:out", (_arg("dir"),)),
    Command("carry in", "carry:back", (_arg("dir"),)),
    Command("status", "desk:status"),
    Command("day", "day:show"),
    Command("day confirm", "day:confirm", (_arg("date"),)),
    Command("conflicts", "conflicts:list_all"),
    Command("conflict settle", "conflicts:settle", _CHOICE),
    Command("removals", "removals:list_all"),
    Command("removals confirm", "removals:confirm"),
    Command("numbers explain", "desk:explain_numbers", _SERIES),
    Command("operator list", "people:list_all"),
    Command(
        "operator add",
        "people:add",
        (_arg("name"), _must("--role", action="append", choices=ROLES)),
    ),
    Command("operator remove", "people:remove", (_arg("name"), _arg("--reason", default=""))),
    Command(
        "operator passphrase",
        "people:change_passphrase",
        (_arg("--compromised", action="store_true"),),
    ),
    Command("operator keys", "people:list_keys"),
    Command("region apply", "region:apply", (_arg("file"),)),
    Command("verify", "desk:verify"),
    Command("backup", "backup:backup", (_arg("file"),)),
    Command("restore", "backup:restore", (_arg("file"),)),
    Command(
        "report",
        "report:report",
        (
            _arg("name", choices=REPORTS),
            _must("--from", dest="first", metavar="D"),
            _must("--to", dest="last", metavar="D"),
            _must("--out", metavar="FILE"),
            _arg("--service", default=""),
            _arg("--rw", default=""),
            _arg("--rt", default=""),
        ),
    ),
    # Pure checks: no store, no passphrase.
    Command("nik", "nik:nik", (_arg("number"),)),
    Command("check", "check:check", (_arg("text"), _arg("--keys", metavar="FILE"))),
    Command("region lint", "lint:region", (_arg("file"),)),
    Command(
        "forms lint",
        "lint:forms",
        (_arg("dir", nargs="?"), _arg("--table", metavar="FILE")),
    ),
)
