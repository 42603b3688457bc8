"""An auditor at a desk sees what its office has and takes it along; every act is refused."""

import datetime as dt
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from forms.engine.problem import Refused
from sync.protocol import authorship, settle
from sync.store import day, operators, read, records, removals
from sync.store.handle import Operator, Store
from sync.store.registers import report
from sync.store.workbook import import_file
from tests.sync.store.laptop import LETTER, RESIDENT, MemoryKeystore, count_of

ROLES = ("auditor",)
WORKBOOK = Path(__file__).parents[2] / "data" / "siak_cikokol.xlsx"


@pytest.fixture
def held(store: Store, resident: Any, business: Any) -> dict[str, bytes]:
    """A resident and letters in two states, made before the auditor sat down."""
    made = {
        "resident": records.new(store, RESIDENT, resident()).record,
        "begun": records.new(store, LETTER, business).record,
        "issued": records.new(store, LETTER, business, issue=True).record,
    }
    store.operator = Operator(store.operator.id, store.operator.name, ROLES)
    return made


def test_no_form_has_an_act_for_an_auditor(store: Store) -> None:
    for form in store.catalogue.forms.values():
        if form.code == authorship.SERVICE:
            continue  # their own key, which they may have brought before they were an auditor
        machine = form.machine
        assert not machine.may_create(ROLES), form.code
        assert not settle.may(form, ROLES), form.code
        for state in machine.states:
            assert not machine.may_edit(state, ROLES), form.code
            assert machine.forward(state, ROLES) is None
            for office in ("", *form.office_kinds, "kecamatan"):
                assert machine.allowed(state, ROLES, office) == (), (form.code, state)


def test_every_act_of_a_desk_is_refused_to_an_auditor(
    store: Store, held: dict[str, bytes], resident: Any, business: Any
) -> None:
    today = store.day().date
    acts: list[Any] = [
        lambda: records.new(store, RESIDENT, resident()),
        lambda: records.new(store, LETTER, business, issue=True),
        lambda: records.new(store, LETTER, business, replaces=held["issued"], reason="salah"),
        lambda: records.edit(store, held["resident"], {"telepon": "081200000001"}),
        lambda: records.edit(store, held["begun"], {"keperluan": "lain"}),
        lambda: records.move(store, held["resident"], "move_out", reason="pindah"),
        lambda: operators.add(store, "Baru", ["petugas"], "kalimat yang panjang sekali",
                              keystore=MemoryKeystore()),
        lambda: operators.remove(store, store.operator.name, reason="x"),
        lambda: removals.confirm(store),
        lambda: day.confirm(store, today + dt.timedelta(days=1)),
        lambda: import_file(store, WORKBOOK, dry_run=False, report=None),
    ]  # fmt: skip
    form = store.catalogue.form(LETTER)
    for name in ("begun", "issued"):
        state = read.record(store, held[name]).state
        names = [row.action for row in form.machine.actions if row.source == state]
        acts.extend(
            partial(records.move, store, held[name], action, reason="sebab") for action in names
        )
    before = count_of(store, "change")

    for act in acts:
        with pytest.raises(Refused) as refused:
            act()
        codes = {problem.code for problem in refused.value.problems}
        assert codes & {"role_missing", "not_in_scope", "operator_self"}, codes

    assert len(acts) > 13
    assert count_of(store, "change") == before


def test_an_auditor_reads_finds_and_exports(
    store: Store, held: dict[str, bytes], tmp_path: Path
) -> None:
    issued = read.record(store, held["issued"])
    today = store.day().date
    asked = report.period(today, today)

    assert read.actions(store, issued) == ()
    assert not read.may_edit(store, issued)
    assert read.history(store, issued.id)
    assert len(read.listing(store, LETTER)) == 2
    assert report.write(store, "register", asked, tmp_path / "register.xlsx").rows == 1
