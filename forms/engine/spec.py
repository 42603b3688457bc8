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
    "rows",
]
KINDS: tuple[str, ...] = get_args(Kind)

# What may be asked of a person; shared/person.toml says how each is read and called.
Part = Literal[
    "nik",
    "nama",
    "bin",
    "tempat_lahir",
    "tanggal_lahir",
    "jenis_kelamin",
    "agama",
    "status_kawin",
    "kewarganegaraan",
    "pendidikan",
    "pekerjaan",
    "alamat",
    "rt",
    "rw",
    "kelurahan",
    "nomor_kk",
    "shdk",
    "telepon",
    "hubungan",
]
PARTS: tuple[str, ...] = get_args(Part)

# Who signs in an office: its head, the secretary on the head's behalf, a section head for both.
Signer = Literal["kepala", "sekretaris", "kasi"]
SIGNERS: tuple[Signer, ...] = ("kepala", "sekretaris", "kasi")

Role = Literal["petugas", "verifikator", "penandatangan", "perawat", "auditor", "admin", "kepala"]
ROLES: tuple[str, ...] = get_args(Role)
# No role of anybody in an office: what the city's server does at the word of who signed in there.
City = Literal["city"]
CITY: City = "city"


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a form file."""


class Party(Spec, frozen=True):
    """Who may be named in a person field or a row of persons, and what is asked of them.

    `asks` are the parts in the order of the paper (an address brings its RT, RW and kelurahan),
    `needs` those of them that must be given. Ages are whole years on the scene's day, 0 for no
    bound; `sex` and `shdk` (family position) are judged where they are known.
    """

    asks: tuple[Part, ...]
    needs: tuple[Part, ...] = ("nama",)
    resident: Literal["required", "allowed", "never"] = "allowed"
    sex: Literal["", "L", "P"] = ""
    age_min: int = 0
    age_max: int = 0
    shdk: tuple[str, ...] = ()


class Field(Spec, frozen=True):
    """One question.

    `required` is true, false or a rule; `visible`, `check` and `compute` are rules (see rule.py).
    `min` and `max` bound a number's value and a text's length; `earliest` and `latest` a date
    ("today" or an ISO date); `digits` makes a text of so many digits, filled up with zeros.
    `choices` names a national code list or lists its own. `group` names the fields that are merged
    together. A nik is compared with `born` and `sex`, earlier or later fields of the same person.
    `prefill` names the resident's field that fills this one in. `unique` asks the store to look
    for the same value on another record. A released field is never deleted: `retired`.
    `party` says who a person may be; a file may name one of shared/parties.toml instead, or change
    it with `like`. `rows` have `column`s of their own, or persons by `party`, or both; `min` and
    `max` then bound their number.
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
    party: Party | None = None
    column: tuple["Field", ...] = ()


class Item(Spec, frozen=True):
    """One paper of a checklist, where more is said of it than whether it is required."""

    label: str = ""
    required: bool | str = False
    visible: str = ""
    hint: str = ""


class SectionSpec(Spec, frozen=True):
    """One titled part of a form.

    `include` brings a shared section's fields first, then come the attachments of `checklist`
    (named in shared/checklist.toml: `fotokopi_kk = true`), then the section's own fields.
    """

    title: str
    include: str = ""
    checklist: dict[str, bool | str | Item] = {}
    field: tuple[Field, ...] = ()


class ActionSpec(Spec, frozen=True, rename={"source": "from", "target": "to"}):
    """One row of a state machine; `source` may be several states.

    `office` names the kinds of another office that alone takes this action; by default it is the
    record's own. `asks` names the lines that a desk asks for (the words of `asked`) to make the
    reason of; the first must be filled in there, while a script may still do without unless
    `reason`.
    """

    name: str
    source: tuple[str, ...]
    target: str
    roles: tuple[Role | City, ...]
    reason: bool = False
    asks: tuple[str, ...] = ()
    office: tuple[str, ...] = ()


class MachineSpec(Spec, frozen=True):
    """States and who may move a record between them.

    `create` and `edit` say who may begin a record and change its answers, `editable` in which
    states; what is the city's to do ("city") not even the head of an office does; `walk` is the
    way that `--issue` goes. In a state of `gone` a record is out of force: a city takes few of
    these at once (sync.protocol.guard). In one of `closed` nothing more is expected of it, and its
    time of keeping runs. Acts in `signed` are signed by the operator's own key, "new" and "edit" if
    they stand there as well (sync.protocol.authorship).
    """

    start: str
    states: tuple[str, ...]
    create: tuple[Role | City, ...]
    edit: tuple[Role, ...]
    editable: tuple[str, ...]
    action: tuple[ActionSpec, ...] = ()
    walk: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()


class MachineAddition(Spec, frozen=True):
    """A shared machine with more states and actions than the one that it `extends`."""

    extends: str
    states: tuple[str, ...] = ()
    action: tuple[ActionSpec, ...] = ()
    signed: tuple[str, ...] = ()


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


class SheetSpec(Spec, frozen=True):
    """A further sheet printed behind a letter: a file of its folder, or of shared/sheets.

    With `visible`, a rule, it is printed only where that holds.
    """

    template: str
    visible: str = ""


class LetterSpec(Spec, frozen=True):
    """What makes a form a letter.

    The classification is the regional table of Permendagri 83/2022; a region may have its own, as
    of validity, signers and standard_minutes (the published time of the service, 0 where none is).
    `kind` says whose paper it is: the office's letter; a citizen's statement, of which the office
    takes note; a citizen's request, which the office only registers. `valid_until` names a date
    field that ends the validity. `camat`, true or a rule, brings the camat's block, `holder` the
    applicant's beside the official's. `pages` is how many the letter itself may take; `model`
    stands above it, `copies` below; `row` is its number in the list of letters.
    """

    title: str
    classification: str
    validity: Validity = Validity()
    kind: Literal["letter", "statement", "request"] = "letter"
    model: str = ""
    valid_until: str = ""
    camat: bool | str = False
    holder: bool = False
    signers: tuple[Signer, ...] = SIGNERS
    standard_minutes: int = 0
    pages: int = 1
    copies: tuple[str, ...] = ()
    row: int = 0
    sheet: tuple[SheetSpec, ...] = ()


class Retention(Spec, frozen=True):
    """How long a closed record is kept, counted from its last change; 0 or "": without an end.

    After `desk_days` its files leave the laptops; the city keeps them. After `years` its answers at
    the city are due, and `then` says for what: erased, or looked at by a person. "keep" says that
    nothing ever is. Years and what follows need the `source` that says so.
    """

    desk_days: int = 0
    years: int = 0
    then: Literal["", "keep", "review", "erase"] = ""
    source: str = ""


class TileSpec(Spec, frozen=True):
    """What a service shows on the city's live room; `means` says in words what the figure is.

    count   records whose `acts` were done in the hour; an act of `undone` takes its record out
    time    working time from a record's beginning to the first of `acts`, `paused` states left out,
            against the form's standard
    open    records in `states` now, late after the date in field `due`, or after the standard
    index   mean of the `fields` of a record, in hundredths of `scale`, the best answer
    series  mean of the one field of `fields`, for each choice of the field `item`; in `unit`
    """

    key: str
    kind: Literal["count", "time", "open", "index", "series"]
    label: str
    means: str
    acts: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    paused: tuple[str, ...] = ()
    due: str = ""
    fields: tuple[str, ...] = ()
    item: str = ""
    scale: int = 0
    unit: str = ""


class EdgeSpec(Spec, frozen=True):
    """What leaves the city for another system when `act` is done (sync.server.edges).

    `fields` are the keys whose answers go. The city's own steps tell the office what became of it,
    each with words: `taken` there, `replied`, or `refused`.
    """

    to: str
    act: str
    fields: tuple[str, ...]
    taken: str
    replied: str
    refused: str


class FormSpec(Spec, frozen=True):
    """A service's form file.

    `group` is the service group and with it the stream; `subject` asks for a resident or patient;
    `internal` forms are the house's own and not shown among the services; records of one that is
    not `searched` are never found by typing, there being nothing to know them by. `place` names the
    field whose area decides which offices hold a record; without it the office that began it does.
    `routes` names the field with the code of the office that a record is put before, among those to
    whose kind the machine gives an action; without such an office it is the nearest.
    `retention` goes before what shared/retention.toml says for the group; `tile`s come beside those
    of the group in shared/live.toml.
    """

    code: str
    title: str
    version: int
    group: str
    states: str | MachineSpec
    office_kinds: tuple[str, ...] = ()
    subject: bool = False
    internal: bool = False
    searched: bool = True
    place: str = ""
    routes: str = ""
    retention: Retention | None = None
    letter: LetterSpec | None = None
    tile: tuple[TileSpec, ...] = ()
    edge: tuple[EdgeSpec, ...] = ()
    section: tuple[SectionSpec, ...] = ()
