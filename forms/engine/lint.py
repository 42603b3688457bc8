"""Everything that is wrong with form files, for their authors: all at once.

Letters' templates are judged in forms.paper, which knows how to set them; regions in region_lint.
"""

import datetime as dt
from pathlib import Path

from forms.engine import catalogue, letter_table, live, reach, retention
from forms.engine.answers import Scene
from forms.engine.areas import Area, Areas
from forms.engine.assemble import FORM
from forms.engine.catalogue import FORMS
from forms.engine.check import check
from forms.engine.example import fill
from forms.engine.form import EXAMPLES, Form
from forms.engine.problem import FormFiles, Problem, Refused
from forms.engine.source import Source
from forms.engine.words import texts

table = letter_table.table  # `forms lint --table`: what each letter asks, for docs/

# Invented areas and awkward days: a form's examples must hold in any office at any time.
AREAS = Areas(
    [
        Area("99", "Contoh Raya", "provinsi"),
        Area("99.71", "Kota Contoh", "kota"),
        Area("99.71.01", "Teladan", "kecamatan"),
        Area("99.71.01.1001", "Sukamaju", "kelurahan"),
    ]
)
DAYS = (dt.date(2026, 11, 21), dt.date(2027, 1, 1), dt.date(2028, 2, 29))


def lint(root: Path = FORMS) -> tuple[int, tuple[Problem, ...]]:
    """Read every form, run its examples, look for its words; how many forms, and all problems."""
    try:
        forms, problems = catalogue.survey(root)
    except FormFiles as broken:
        return 0, broken.problems
    found = list(problems)
    found += retention.lint(root)
    found += live.lint(root, forms)
    for form in forms:
        found += _examples(form)
        found += _words(form)
        found += _reach(form)
    return len(list(root.glob(f"*/*/{FORM}"))), tuple(found)


def run_case(form: Form, answers: dict[str, object], today: dt.date) -> set[str]:
    """Check one case's answers in an invented office; the codes of what is wrong."""
    scene = Scene(today, "99.71.01.1001", AREAS)
    try:
        check(form, fill(answers, scene), scene)
    except Refused as refused:
        return {problem.code for problem in refused.problems}
    return set()


def _examples(form: Form) -> list[Problem]:
    source = Source.read(form.folder / EXAMPLES, f"{form.code}/{EXAMPLES}")
    cases = source.data.get("case", [])
    if source.problems:
        return source.problems
    if not cases or cases[0].get("problems") or not any(c.get("problems") for c in cases):
        source.add("examples_few")
    for number, case in enumerate(cases):
        strays = case.keys() - {"name", "answers", "problems"}
        if strays or not case.get("name") or not isinstance(case.get("answers"), dict):
            source.add("example_shape", ("case", number))
            continue
        for today in DAYS:
            found = run_case(form, case["answers"], today)
            if found != set(case.get("problems", ())):
                source.add(
                    "example_fails",
                    ("case", number),
                    name=case["name"],
                    found=", ".join(sorted(found)) or "-",
                )
                break
    return source.problems


def _reach(form: Form) -> list[Problem]:
    """Find fields that nobody can ever see, and rules that ask for a choice that there is not."""
    source = Source.read(form.folder / FORM, f"{form.code}/{FORM}")
    found = [
        Problem("field_unreachable", key, {"file": source.name}, _line_of(source, key))
        for key in reach.unreachable(form, DAYS[0].isoformat())
    ]
    for key, name, value in reach.impossible(form):
        facts = {"file": source.name, "name": name, "value": value}
        found.append(Problem("rule_choice", key, facts, _line_of(source, key)))
    return found


def _line_of(source: Source, key: str) -> int | None:
    """Find the line of a field in its form's own file; None for one of a shared section."""
    for number, section in enumerate(source.data.get("section", [])):
        for place, field in enumerate(section.get("field", [])):
            if field.get("key") == key:
                return source.line(("section", number, "field", place))
        if key in section.get("checklist", {}):
            return source.line(("section", number, "checklist", key))
    return None


def _words(form: Form) -> list[Problem]:
    known = texts("id")
    names = {f"state.{state}" for state in form.machine.states}
    names |= {f"action.{action.action}" for action in form.machine.actions}
    names |= {f"asked.{code}" for action in form.machine.actions for code in action.asks}
    facts = {"file": str(form.code)}
    return [
        Problem("words_missing", facts={**facts, "name": name})
        for name in sorted(names - known.keys())
    ]
