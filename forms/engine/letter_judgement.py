"""Judges what a form file says of its letter, beyond its shape; only at load."""

from collections.abc import Sequence

from forms.engine.rule import Rule, RuleError
from forms.engine.source import Address, Source
from forms.engine.spec import Field, LetterSpec, MachineSpec

COUNTERSIGN = "countersign"
PAGES_MAX = 10  # A letter longer than that is a report.
MINUTES_MAX = 60 * 24 * 90  # Nothing that a counter promises takes longer than a quarter.


def judge(
    source: Source, letter: LetterSpec, machine: MachineSpec, fields: Sequence[Field]
) -> None:
    """Note what makes no sense: rules, bounds, a camat without the machine for it."""
    keys = {field.key: field for field in fields}
    at: Address = ("letter",)
    if letter.valid_until and (
        letter.valid_until not in keys or keys[letter.valid_until].kind != "date"
    ):
        source.add("letter_until", (*at, "valid_until"), key=letter.valid_until)
    if not 1 <= letter.pages <= PAGES_MAX:
        source.add("letter_bounds", (*at, "pages"), key="pages", max=str(PAGES_MAX))
    if not 0 <= letter.standard_minutes <= MINUTES_MAX:
        source.add(
            "letter_bounds", (*at, "standard_minutes"), key="standard_minutes", max=str(MINUTES_MAX)
        )
    if not letter.signers:
        source.add("letter_signers", (*at, "signers"))
    countersigned = any(action.name == COUNTERSIGN for action in machine.action)
    if bool(letter.camat) != countersigned:
        source.add("letter_camat", (*at, "camat"))
    if isinstance(letter.camat, str):
        _judge_rule(source, letter.camat, (*at, "camat"), keys)
    names = [sheet.template for sheet in letter.sheet]
    for number, sheet in enumerate(letter.sheet):
        if sheet.visible:
            _judge_rule(source, sheet.visible, (*at, "sheet", number, "visible"), keys)
        if sheet.template in names[:number]:
            source.add("sheet_doubled", (*at, "sheet", number), sheet=sheet.template)


def _judge_rule(source: Source, text: str, address: Address, keys: dict[str, Field]) -> None:
    try:
        names = Rule(text).names
    except RuleError as error:
        source.add(error.code, address, fact=error.cause)
        return
    for name in sorted(names - keys.keys()):
        source.add("rule_name", address, fact=name)
