"""The shape of a form file, as its author writes it; unknown keys are refused.

`forms/<room>/<service>/form.toml` is one `FormSpec`; `forms/shared/sections/*.toml` are
`SectionSpec`s that forms include, `forms/shared/states/*.toml` are `MachineSpec`s.
"""

import datetime as dt
from typing import Literal, get_args

import msgspec

from forms.engine.codes import Choice

Kind = Literal[
    "text",
    "paragraph",
    "number",
    "money",
    "date",
    "time",
    "yes_no",
    "choice",
    "choices",
    "nik",
    "kk",
    "phone",
    "region",
    "person",
    "place",
    "attachment",
    "note",
]
KINDS: tuple[str, ...] = get_args(Kind)

Role = Literal["petugas", "verifikator", "penandatangan", "perawat", "auditor", "admin", "kepala"]
ROLES: tuple[str, ...] = get_args(Role)


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a form file."""


class Field(Spec, frozen=True):
    """One question.

    `required` is true, false or a rule; `visible`, `check` and `compute` are rules (see rule.py).
    `min` and `max` bound a number's value and a text's length; `earliest` and `latest` a date
    ("today" or an ISO date); `digits` makes a text of so many digits, filled up with zeros.
    `choices` names a national code list or lists its own. `group` names the fields that are merged
    together. A nik is compared with `born` and `sex`, earlier or later fields of the same person.
    `prefill` names the resident's field that fills this one in. `unique` asks the store to look
    for the same value on another record. A released field is never deleted: `retired`.
    """

    key: str
    kind: Kind
    label: str
    hint: str = ""
    required: bool | str = False
    visible: str = ""
    check: str = ""
    message: str = ""
    compute: str = ""
    group: str = ""
    choices: str | tuple[Choice, ...] = ()
    min: int | None = None
    max: int | None = None
    earliest: str = ""
    latest: str = ""
    level: Literal["", "provinsi", "kota", "kecamatan", "kelurahan"] = ""
    digits: int = 0
    born: str = ""
    sex: str = ""
    prefill: str = ""
    unique: bool = False
    sealed: bool = False
    retired: bool = False
    renamed_from: str = ""


class SectionSpec(Spec, frozen=True):
    """One titled part of a form; `include` brings a shared section's fields before its own."""

    title: str
    include: str = ""
    field: tuple[Field, ...] = ()


class ActionSpec(Spec, frozen=True, rename={"source": "from", "target": "to"}):
    """One row of a state machine; `source` may be several states."""

    name: str
    source: tuple[str, ...]
    target: str
    roles: tuple[Role, ...]
    reason: bool = False


class MachineSpec(Spec, frozen=True):
    """States and who may move a record between them.

    `create` and `edit` say who may begin a record and change its answers, `editable` in which
    states; `walk` is the way that `--issue` goes.
    """

    start: str
    states: tuple[str, ...]
    create: tuple[Role, ...]
    edit: tuple[Role, ...]
    editable: tuple[str, ...]
    action: tuple[ActionSpec, ...] = ()
    walk: tuple[str, ...] = ()


class Validity(Spec, frozen=True):
    """How long a letter holds from its date; all zero: without an end."""

    days: int = 0
    months: int = 0
    years: int = 0

    def until(self, date: dt.date) -> dt.date | None:
        """Give the last day on which a letter of this date holds; None where it has no end."""
        months = self.months + 12 * self.years
        if not months and not self.days:
            return None
        year, month = divmod(date.year * 12 + date.month - 1 + months, 12)
        first = dt.date(year, month + 1, 1)
        last_of_month = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
        moved = min(first + dt.timedelta(days=date.day - 1), last_of_month)
        return moved + dt.timedelta(days=self.days)


class LetterSpec(Spec, frozen=True):
    """What makes a form a letter: its heading on paper, classification and validity.

    The classification is the regional table of Permendagri 83/2022; a region may have its own.
    """

    title: str
    classification: str
    validity: Validity = Validity()


class FormSpec(Spec, frozen=True):
    """A service's form file.

    `group` is the service group and with it the stream; `subject` asks for a resident or patient;
    `internal` forms are the house's own and not shown among the services.
    """

    code: str
    title: str
    version: int
    group: str
    states: str | MachineSpec
    office_kinds: tuple[str, ...] = ()
    subject: bool = False
    internal: bool = False
    letter: LetterSpec | None = None
    section: tuple[SectionSpec, ...] = ()
