"""Does a letter's source fit its form: what it names exists, and what is asked is printed."""

from collections.abc import Iterable, Iterator

from forms.engine.form import Form
from forms.engine.problem import Fact, Problem
from forms.paper import template
from forms.paper.printed import names

# Kept for the office, not for the paper.
_NEVER_PRINTED = frozenset({"attachment", "note", "phone"})


def lint(forms: Iterable[Form]) -> tuple[Problem, ...]:
    """Check the source of every letter among the forms; `row` is its line."""
    return tuple(problem for form in forms if form.letter for problem in check(form))


def check(form: Form) -> Iterator[Problem]:
    """Check one letter's source."""
    assert form.letter is not None, "only a letter has a source"
    source = form.letter.template
    facts: dict[str, Fact] = {"form": form.code, "file": f"{form.code}/letter.typ"}
    if template.body(source) is None:
        wanted = " / ".join(template.START)
        yield Problem("template_start", facts={**facts, "wanted": wanted}, row=1)
    banned = template.forbidden(source)
    if banned:
        told = {**facts, "word": banned.word, "line": banned.line}
        yield Problem("template_word", facts=told, row=banned.line)
    known = frozenset(names(form.fields))
    printed = set(template.unprinted(source))
    if template.shows_identity(source):
        printed.update(template.IDENTITY)
    for mention in template.mentions(source):
        printed.add(mention.word)
        if mention.word not in known:
            told = {**facts, "key": mention.word, "line": mention.line}
            yield Problem("placeholder_unknown", facts=told, row=mention.line)
    for key, field in form.fields.items():
        shown = any(name in printed for name in names({key: field}))
        if not (shown or field.retired or field.kind in _NEVER_PRINTED):
            yield Problem("field_not_printed", key, {**facts, "key": key})
