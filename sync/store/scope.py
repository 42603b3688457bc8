"""What this office's kind and this operator's roles may take and see, for the desk's comfort.

The server judges for real.
"""

from collections.abc import Collection

from forms.engine.form import Form
from forms.engine.problem import Problem, Refused
from forms.engine.region import Region
from sync.protocol.ties import signs_second

EVERY = "*"
HEALTH = frozenset({"patients"})
PEOPLE = frozenset({"residents"})
QUEUE = frozenset({"queue"})
NOTHING: frozenset[str] = frozenset()
ALL = frozenset({EVERY})

# role -> service groups of which it begins records, and those that it sees as well
ROLES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "petugas": (ALL, ALL),
    "verifikator": (NOTHING, ALL),
    "penandatangan": (NOTHING, ALL),
    "perawat": (HEALTH | QUEUE, HEALTH | PEOPLE | QUEUE),
    "auditor": (NOTHING, ALL),
    "admin": (NOTHING, NOTHING),
    "kepala": (ALL, ALL),
}


def takes(form: Form, kind: str, region: Region, roles: Collection[str]) -> bool:
    """Tell whether these roles in an office of this kind may take the service."""
    return (
        form.machine.may_create(roles)
        and _offered(form, kind, region)
        and any(_within(form, ROLES[role][0]) for role in roles if role in ROLES)
    )


def sees(form: Form, kind: str, region: Region, roles: Collection[str]) -> bool:
    """Tell whether these roles may look at the service's records, here or of another office."""
    shown = _offered(form, kind, region) or _second(form, kind, region)
    return shown and any(_within(form, ROLES[role][1]) for role in roles if role in ROLES)


def require(allowed: bool, form: Form) -> None:  # noqa: FBT001 - reads as "require(takes(...), form)"
    """Raise Refused(not_in_scope) for a service outside."""
    if not allowed:
        raise Refused(Problem("not_in_scope", facts={"service": form.code}))


def _offered(form: Form, kind: str, region: Region) -> bool:
    return not form.internal and kind in form.office_kinds and region.offers(form.code)


def _second(form: Form, kind: str, region: Region) -> bool:
    """Tell whether an office of this kind signs another office's records of the service."""
    return signs_second(form, kind) and region.offers(form.code)


def _within(form: Form, groups: frozenset[str]) -> bool:
    return EVERY in groups or form.group in groups
