"""`services`: what this office and operator may take, and what each one asks."""

from collections.abc import Mapping
from typing import Any

import msgspec

from forms.engine.answers import Scene
from forms.engine.example import fill
from forms.engine.form import Form
from forms.engine.kinds.choice import options
from forms.engine.kinds.rows import columns
from forms.engine.region import Region
from forms.engine.spec import Field
from sync.commands.call import Answer, Call
from sync.commands.entry import entered
from sync.commands.trouble import shown
from sync.store import scope
from sync.store.numbers import code_of, series_of


def list_all(call: Call) -> Answer:
    """List the services that this operator may take at this office."""
    with entered(call) as store:
        offered = [form for form in store.catalogue.forms.values() if store.takes(form)]
        faults = store.catalogue.faults
    body: dict[str, Any] = {
        "services": [{"code": f.code, "title": f.title, "group": f.group} for f in offered]
    }
    if faults:
        body["problems"] = list(shown(faults))
    return Answer(body)


def show(call: Call) -> Answer:
    """Describe one service; its example is complete and valid here and today."""
    with entered(call) as store:
        form = store.catalogue.form(call.options.service)
        scope.require(store.sees(form), form)
        numbered = _numbered(form, store.region) if form.letter is not None else {}
        return Answer(described(form, store.scene(), numbered))


def described(form: Form, scene: Scene, numbered: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a form; its example is filled for the office's area and day of the scene.

    `numbered` is how its letters are numbered here, empty for none.
    """
    body: dict[str, Any] = {
        "code": form.code,
        "title": form.title,
        "version": form.version,
        "group": form.group,
        "subject": form.subject,
    }
    body |= numbered
    body["sections"] = [
        {"title": section.title, "fields": [_field(field) for field in section.fields]}
        for section in form.sections
    ]
    body["states"] = list(form.machine.states)
    body["actions"] = [
        {
            "from": action.source,
            "action": action.action,
            "to": action.target,
            "roles": sorted(action.roles),
        }
        for action in form.machine.actions
    ]
    body["example"] = fill(form.example, scene)
    return body


def _numbered(form: Form, region: Region) -> dict[str, Any]:
    code = code_of(form, region)
    told = {"code": code}
    if title := region.codes.title(code):
        told["title"] = title
    return {"series": series_of(form, region), "classification": told}


def _field(field: Field) -> dict[str, Any]:
    told: dict[str, Any] = {
        "key": field.key,
        "kind": field.kind,
        "label": field.label,
        "required": field.required is True,
    }
    if isinstance(field.required, str):
        told["required_if"] = field.required
    if field.hint:
        told["hint"] = field.hint
    if choices := options(field):
        told["choices"] = [{"value": choice.value, "label": choice.label} for choice in choices]
    if field.visible:
        told["visible"] = field.visible
    if field.party is not None:
        told["party"] = msgspec.to_builtins(field.party)
    if field.kind == "rows":
        told["columns"] = [_field(column) for column in columns(field)]
    return told
