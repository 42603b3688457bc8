"""One widget for each kind of answer, and how much of a form's width it takes."""

from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from desktop.form_view.editors.choice import SEGMENTS_MAX, ChoiceEditor, SegmentsEditor
from desktop.form_view.editors.editor import Editor
from desktop.form_view.editors.finder import FinderEditor
from desktop.form_view.editors.line import LineEditor
from desktop.form_view.editors.paragraph import ParagraphEditor
from desktop.form_view.editors.person import PersonEditor
from desktop.form_view.editors.rows import RowsEditor
from desktop.form_view.editors.ticks import AttachmentEditor, TicksEditor
from desktop.form_view.matching import Option, numbered
from desktop.form_view.notation import NOTATIONS
from desktop.form_view.residents import Residents
from desktop.form_view.told import value_text
from desktop.scanner import KEEPS
from forms.engine.answers import Scene
from forms.engine.kinds.choice import options
from forms.engine.kinds.rows import columns
from forms.engine.spec import Field, Kind, Party
from forms.engine.words import say, worded

UNITS = 12  # A form's width; what a field takes of it stands in `width`.
_PLAIN = Party(asks=("nik", "nama"), resident="never")  # Where a form says nothing of whom it asks.
_SHORT_DIGITS = 3  # An RT and its RW: two of them stand in the place of one line.
_CARDS = {"nik": 16, "kk": 16}  # Digits of what a card reader types into just such a question.
_SEGMENT_LETTERS = 16  # Longer labels don't fit side by side; they become a typed choice.


_Register: TypeAlias = Residents | None


def editor(field: Field, scene: Scene, residents: Residents | None = None) -> Editor:
    """Make the widget for one field; without `residents` a person can only be named in words."""
    return _MAKERS[field.kind](field, scene, residents)


def width(field: Field, columns: int) -> int:
    """Tell how many of UNITS a field takes where the form stands in so many columns."""
    if field.kind in ("paragraph", "note", "choices", "person", "rows"):
        return UNITS
    if field.kind in ("text", "number") and 0 < field.digits <= _SHORT_DIGITS:
        return UNITS // (2 * columns)
    return UNITS // columns


def _line(field: Field, _scene: Scene, _residents: _Register) -> Editor:
    notation = NOTATIONS[field.kind]
    made = LineEditor(
        notation, worded(field.hint) or (say(f"field.{notation.hint}") if notation.hint else "")
    )
    made.core.setProperty(KEEPS, _CARDS.get(field.kind))
    return made


def _paragraph(field: Field, _scene: Scene, _residents: _Register) -> Editor:
    return ParagraphEditor(worded(field.hint))


def _options(field: Field) -> tuple[Option, ...]:
    return numbered((choice.value, worded(choice.label)) for choice in options(field))


def _choice(field: Field, _scene: Scene, _residents: _Register) -> Editor:
    offered = _options(field)
    short = all(len(option.label) <= _SEGMENT_LETTERS for option in offered)
    if len(offered) <= SEGMENTS_MAX and short:
        return SegmentsEditor(offered)
    return ChoiceEditor(offered, worded(field.hint))


def _choices(field: Field, _scene: Scene, _residents: _Register) -> Editor:
    return TicksEditor(_options(field))


def _yes_no(_field: Field, _scene: Scene, _residents: _Register) -> Editor:
    return SegmentsEditor(
        (Option("true", say("yes_no.yes"), "1"), Option("false", say("yes_no.no"), "0"))
    )


def _region(field: Field, scene: Scene, _residents: _Register) -> Editor:
    level = field.level or "kelurahan"
    areas = [area for area in scene.areas if area.level == level]
    offered = tuple(Option(area.code, area.name, area.code) for area in areas)
    return ChoiceEditor(offered, worded(field.hint))


def _person(field: Field, scene: Scene, residents: _Register) -> Editor:
    tell = partial(value_text, areas=scene.areas)
    return PersonEditor(field.party or _PLAIN, lambda part: editor(part, scene), tell, residents)


def _rows(field: Field, scene: Scene, residents: _Register) -> Editor:
    finding = columns(field)[0] if field.party and field.party.resident != "never" else None

    def make(column: Field) -> Editor:
        if column is finding and field.party:
            strangers = field.party.resident != "required"
            return FinderEditor(NOTATIONS[column.kind], residents, strangers=strangers)
        return editor(column, scene)

    return RowsEditor(field, make, partial(value_text, areas=scene.areas), residents)


def _attachment(_field: Field, _scene: Scene, _residents: _Register) -> Editor:
    return AttachmentEditor(say("field.seen"), say("field.paper_number"))


_MAKERS: dict[Kind, Callable[[Field, Scene, _Register], Editor]] = {
    "text": _line,
    "paragraph": _paragraph,
    "number": _line,
    "money": _line,
    "date": _line,
    "time": _line,
    "yes_no": _yes_no,
    "choice": _choice,
    "choices": _choices,
    "nik": _line,
    "kk": _line,
    "phone": _line,
    "region": _region,
    "person": _person,
    "place": _line,
    "attachment": _attachment,
    "note": _paragraph,
    "rows": _rows,
}
