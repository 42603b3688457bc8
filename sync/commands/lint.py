"""`forms lint` and `region lint`: all that is wrong with data files, their letters included."""

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

from forms.engine import catalogue, lint, region_lint, retention
from forms.engine.answers import Scene
from forms.engine.catalogue import FORMS
from forms.engine.check import check
from forms.engine.example import fill
from forms.engine.form import Form
from forms.engine.problem import FormFiles, Problem, Refused
from forms.engine.region import Office, Region
from sync.commands import files
from sync.commands.call import Answer, Call
from sync.commands.table import DONE, REFUSED
from sync.commands.trouble import shown

# A sample is printed on a fixed day and with the longest number that a series meets in practice.
DAY = dt.date(2026, 11, 21)
POSITION = 12_345


def forms(call: Call) -> Answer:
    """Judge every form file, its examples and its letter."""
    root = Path(call.options.dir) if call.options.dir else FORMS
    if not root.is_dir():
        raise Refused(Problem("file_missing", facts={"file": str(root)}))
    if call.options.table:
        from forms.engine import letter_table

        files.replaced(Path(call.options.table), letter_table.markdown(lint.table(root)).encode())
    count, problems = lint.lint(root)
    try:
        good, _ = catalogue.survey(root)
    except FormFiles:
        good = ()
    warnings = list(shown(retention.unset(good)))
    return _answer({"forms": count, "warnings": warnings}, (*problems, *_letters(good)))


def region(call: Call) -> Answer:
    """Judge a region file and print a sample of every letter with it."""
    path = Path(call.options.file)
    problems = region_lint.problems(path)
    if problems:
        return _answer({}, problems)
    read = Region.read(path)
    warnings = list(shown((*region_lint.warnings(path), *_emblem(read))))
    return _answer({"warnings": warnings}, _samples(catalogue.load().forms.values(), read))


def _answer(body: dict[str, object], problems: Iterable[Problem]) -> Answer:
    found = list(shown(problems))
    return Answer({**body, "problems": found}, REFUSED if found else DONE)


def _letters(good: Iterable[Form]) -> tuple[Problem, ...]:
    from forms.paper import template_lint

    return template_lint.lint(good)


def _emblem(region: Region) -> tuple[Problem, ...]:
    from forms.paper import letter

    return (Problem("logo_unusable"),) if region.logo and not letter.draws(region.logo) else ()


def _samples(all_forms: Iterable[Form], region: Region) -> Iterator[Problem]:
    """Print each letter in the first office that the region's areas give; nothing is kept."""
    area = region.areas.first(region.code, "kelurahan") or region.code
    scene = Scene(DAY, area, region.areas)
    office = Office(b"", "001", "kelurahan", region.areas.area(area).name, area)
    for form in all_forms:
        if form.letter is None or not region.offers(form.code):
            continue
        try:
            _print(form, region, office, scene)
        except Refused as refused:
            yield from refused.problems


def _print(form: Form, region: Region, office: Office, scene: Scene) -> None:
    from forms.paper import letter

    assert form.letter is not None, "only letters are printed"
    code = region.classification(form.code, form.letter.classification)
    paper, texts = letter.compose(
        form,
        check(form, fill(form.example, scene), scene),
        region=region,
        office=office,
        signatory=letter.Signatory(title="", name=office.name),
        number=region.number_text(POSITION, DAY.year, DAY.month, code, office.code),
        date=DAY,
        letter_id=bytes(16),
    )
    letter.render(paper, texts, logo=region.logo, qr=None, mark=None)
