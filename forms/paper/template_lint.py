"""Does a letter's source fit its form: what it names exists, what is asked is printed, it fits."""

from collections import Counter
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from forms.engine.form import Form, Sheet
from forms.engine.problem import Fact, Problem
from forms.paper import page_lint, template
from forms.paper.printed import names

# Kept for the office, not for the paper.
_NEVER_PRINTED = frozenset({"attachment", "note", "phone"})
_APPLICANT = frozenset(template.IDENTITY)


def lint(forms: Iterable[Form]) -> tuple[Problem, ...]:
    """Check the sources of every letter among the forms, and print each; `row` is a line.

    A letter whose source is wrong is not printed: one mistake is told once.
    """
    found: list[Problem] = []
    for form in forms:
        if form.letter:
            wrong = list(check(form))
            found += wrong or page_lint.check(form)
    return tuple(found)


def check(form: Form) -> Iterator[Problem]:
    """Check one letter's source and those of its sheets."""
    assert form.letter is not None, "only a letter has a source"
    source = form.letter.template
    facts: dict[str, Fact] = {"form": form.code, "file": f"{form.code}/letter.typ"}
    if template.is_sheet(source) or template.body(source) is None:
        wanted = " / ".join(template.START)
        yield Problem("template_start", facts={**facts, "wanted": wanted}, row=1)
    yield from _forbidden(source, facts)
    known = Counter(names(form.fields))
    for name in sorted(name for name, count in known.items() if count > 1):
        yield Problem("name_shadowed", facts={**facts, "key": name})
    printed = set(template.unprinted(source))
    if template.shows_identity(source):
        printed.update(template.IDENTITY)
    for mention in template.mentions(source):
        printed.add(mention.word)
        if mention.word not in known:
            told = {**facts, "key": mention.word, "line": mention.line}
            yield Problem("placeholder_unknown", facts=told, row=mention.line)
    for sheet in form.letter.sheets:
        printed.update(mention.word for mention in template.mentions(sheet.template))
        yield from _sheet(form, sheet, known)
    for key, field in form.fields.items():
        shown = any(name in printed for name in names({key: field}))
        if not (shown or field.retired or field.kind in _NEVER_PRINTED):
            yield Problem("field_not_printed", key, {**facts, "key": key})


def _sheet(form: Form, sheet: Sheet, known: Iterable[str]) -> Iterator[Problem]:
    """Check a sheet, which serves several letters: it says itself what not every form asks."""
    facts: dict[str, Fact] = {"form": form.code, "file": f"{form.code}/{sheet.name}"}
    if not template.is_sheet(sheet.template):
        wanted = f"{template.START[0]} / {template.SHEET_START}"
        yield Problem("template_start", facts={**facts, "wanted": wanted}, row=1)
    yield from _forbidden(sheet.template, facts)
    optional = template.optional(sheet.template)
    names_known = {*known}
    for mention in template.mentions(sheet.template):
        excused = mention.word in _APPLICANT or any(
            fnmatchcase(mention.word, pattern) for pattern in optional
        )
        if mention.word not in names_known and not excused:
            told = {**facts, "key": mention.word, "line": mention.line}
            yield Problem("placeholder_unknown", facts=told, row=mention.line)


def _forbidden(source: str, facts: dict[str, Fact]) -> Iterator[Problem]:
    banned = template.forbidden(source)
    if banned:
        told = {**facts, "word": banned.word, "line": banned.line}
        yield Problem("template_word", facts=told, row=banned.line)
