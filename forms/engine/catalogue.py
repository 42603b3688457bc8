"""Every form there is, read once at start; a new service is a new folder here."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from forms.engine import assemble
from forms.engine.assemble import FORM, Shared
from forms.engine.form import Form
from forms.engine.problem import FormFiles, Problem, Refused

__all__ = ["FORMS", "Catalogue", "Form", "Shared", "load", "survey", "usable"]

FORMS = Path(__file__).parents[1]


class Catalogue:
    """The forms by their codes, in the order of the codes; `faults` are those of left out ones."""

    def __init__(self, forms: Mapping[str, Form], faults: tuple[Problem, ...] = ()) -> None:
        self.faults = faults
        self.forms: Mapping[str, Form] = MappingProxyType(dict(sorted(forms.items())))

    def form(self, code: str) -> Form:
        """Find a form; Refused(service_unknown)."""
        found = self.forms.get(code)
        if found is None:
            raise Refused(Problem("service_unknown", facts={"service": code[:80]}))
        return found

    def offered(self, office_kind: str) -> tuple[Form, ...]:
        """List the services that an office of this kind may take."""
        return tuple(
            form
            for form in self.forms.values()
            if not form.internal and office_kind in form.office_kinds
        )


def load(root: Path = FORMS) -> Catalogue:
    """Read every form below a folder; FormFiles with all problems of all files."""
    forms, problems = survey(root)
    if problems:
        raise FormFiles(*problems)
    return Catalogue({form.code: form for form in forms})


def usable(root: Path = FORMS) -> Catalogue:
    """Read every form below a folder and leave out the broken ones, named in `faults`.

    A counter works on with the rest; FormFiles only where no form at all is left.
    """
    forms, problems = survey(root)
    if not forms:
        raise FormFiles(*problems)
    return Catalogue({form.code: form for form in forms}, problems)


def survey(root: Path) -> tuple[tuple[Form, ...], tuple[Problem, ...]]:
    """Read every form below a folder and give the good ones and all problems."""
    shared = Shared(root)
    forms = []
    for path in sorted(root.glob(f"*/*/{FORM}")):
        _, form = assemble.form(root, path.parent, shared)
        if form is not None:
            forms.append(form)
    problems = [problem for source in shared.sources.values() for problem in source.problems]
    problems += _prefill(forms)
    return tuple(forms), tuple(problems)


def _prefill(forms: list[Form]) -> list[Problem]:
    """A field can be filled in only from a field that some subject's form has."""
    known = {key for form in forms if form.letter is None for key in form.fields}
    problems = []
    for form in forms:
        for field in form.fields.values():
            for name in {field.prefill, *(column.prefill for column in field.column)}:
                if name and name not in known:
                    facts = {"file": f"{form.code}/{FORM}", "fact": name}
                    problems.append(Problem("prefill_unknown", field.key, facts))
    return problems
