from typing import Any

import msgspec
import pytest

from forms.engine.catalogue import Catalogue
from forms.engine.machine import Machine, faults
from forms.engine.problem import Refused
from forms.engine.spec import ActionSpec, MachineSpec


@pytest.fixture(scope="session")
def letter(shipped: Catalogue) -> Machine:
    return shipped.form("letters/surat_keterangan_domisili").machine


def refusal(machine: Machine, *step: Any) -> str:
    with pytest.raises(Refused) as refused:
        machine.step(*step)
    return refused.value.problems[0].code


def walked(machine: Machine, *roles: str) -> str:
    state = machine.start
    while action := machine.forward(state, roles):
        state = machine.step(state, action.action, roles)
    return state


def test_a_letter_goes_from_hand_to_hand(letter: Machine) -> None:
    state = letter.start
    for action, role in (
        ("submit", "petugas"),
        ("check", "verifikator"),
        ("approve", "verifikator"),
        ("issue", "penandatangan"),
        ("ready", "petugas"),
        ("hand_over", "petugas"),
    ):
        state = letter.step(state, action, {role})

    assert state == "handed_over"


@pytest.mark.parametrize(
    ("roles", "state"),
    [
        (("kepala",), "issued"),
        (("petugas",), "drafted"),
        (("petugas", "verifikator"), "approved"),
        (("petugas", "verifikator", "penandatangan"), "issued"),
        (("auditor",), "received"),
    ],
)
def test_the_way_to_issued_goes_as_far_as_the_roles_allow(
    letter: Machine, roles: tuple[str, ...], state: str
) -> None:
    assert walked(letter, *roles) == state


def test_a_step_is_refused_with_the_reason_why(letter: Machine) -> None:
    assert refusal(letter, "received", "fly", {"kepala"}) == "action_unknown"
    assert refusal(letter, "received", "issue", {"kepala"}) == "action_not_now"
    assert refusal(letter, "approved", "issue", {"verifikator"}) == "role_missing"
    assert refusal(letter, "issued", "void", {"kepala"}) == "reason_missing"
    assert refusal(letter, "issued", "void", {"kepala"}, "  ") == "reason_missing"
    assert letter.step("issued", "void", {"kepala"}, "salah ketik") == "void"


def test_paper_is_never_undone_but_void(letter: Machine) -> None:
    everything = {"petugas", "verifikator", "penandatangan", "kepala"}

    for state in ("issued", "ready", "handed_over"):
        targets = {action.target for action in letter.allowed(state, everything)}
        assert targets <= {"ready", "handed_over", "void"}
        assert not letter.may_edit(state, everything)
    assert letter.allowed("void", everything) == ()


def test_each_role_is_offered_its_own_actions(letter: Machine) -> None:
    def offered(state: str, *roles: str) -> list[str]:
        return [action.action for action in letter.allowed(state, roles)]

    assert offered("received", "petugas") == ["submit", "return"]
    assert offered("drafted", "petugas") == []
    assert offered("drafted", "verifikator") == ["check", "approve", "return", "refuse"]
    assert offered("checked", "penandatangan") == ["approve", "return", "refuse"]


def test_who_may_begin_and_edit_is_the_tables(letter: Machine) -> None:
    assert letter.may_create({"petugas"})
    assert not letter.may_create({"verifikator", "auditor"})
    assert letter.may_edit("returned", {"petugas"})
    assert not letter.may_edit("checked", {"petugas"})
    assert not letter.may_edit("received", {"auditor"})


@pytest.fixture(scope="session")
def witnessed(shipped: Catalogue) -> Machine:
    return shipped.form("letters/surat_pernyataan_ahli_waris").machine


def test_the_camat_signs_after_the_kelurahan_and_only_at_the_kecamatan(witnessed: Machine) -> None:
    roles = {"penandatangan"}

    assert "countersign" not in [a.action for a in witnessed.allowed("issued", {"kepala"})]
    assert refusal(witnessed, "issued", "countersign", {"kepala"}) == "action_elsewhere"
    assert "countersign" in [a.action for a in witnessed.allowed("issued", roles, "kecamatan")]
    assert witnessed.step("issued", "countersign", roles, office="kecamatan") == "countersigned"
    assert witnessed.step("ready", "countersign", roles, office="kecamatan") == "countersigned"


def test_another_office_does_nothing_but_what_is_its_own(witnessed: Machine) -> None:
    everything = {"petugas", "verifikator", "penandatangan", "kepala"}

    for state in witnessed.states:
        for row in witnessed.allowed(state, everything, "kecamatan"):
            assert row.office == ("kecamatan",)
        assert witnessed.allowed(state, everything, "puskesmas") == ()


def test_a_countersigned_letter_goes_home_to_be_handed_over(witnessed: Machine) -> None:
    assert witnessed.step("countersigned", "hand_over", {"petugas"}) == "handed_over"
    assert witnessed.step("countersigned", "void", {"penandatangan"}, "salah ketik") == "void"
    assert walked(witnessed, "kepala") == "issued"


GOOD = MachineSpec(
    start="a",
    states=("a", "b"),
    create=("petugas",),
    edit=("petugas",),
    editable=("a",),
    action=(ActionSpec(name="go", source=("a",), target="b", roles=("petugas",)),),
    walk=("go",),
)
BACK = ActionSpec(name="back", source=("c",), target="a", roles=("petugas",))

SETTLING = msgspec.structs.replace(GOOD.action[0], name="settle")


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({}, []),
        ({"states": ("a", "b", "b")}, ["state_doubled"]),
        ({"states": ("a", "b", "c")}, ["state_unreachable"]),
        ({"start": "x"}, ["state_unknown", "state_unreachable", "state_unreachable"]),
        ({"editable": ("x",)}, ["state_unknown"]),
        ({"action": (*GOOD.action, BACK)}, ["state_unknown"]),
        ({"action": GOOD.action * 2}, ["action_doubled"]),
        ({"walk": ("fly",)}, ["action_unknown"]),
        ({"action": (*GOOD.action, SETTLING)}, ["action_reserved"]),
    ],
)
def test_a_table_that_is_no_machine_is_found_out(change: dict[str, Any], codes: list[str]) -> None:
    spec = msgspec.structs.replace(GOOD, **change)

    assert [problem.code for problem in faults(spec)] == codes


def test_an_action_asks_for_what_its_row_names_or_for_a_plain_reason(
    letter: Machine,
) -> None:
    assert letter.action("received", "return").asks == ("missing",)
    assert letter.action("issued", "hand_over").asks == ("taker", "phone")
    assert letter.action("issued", "void").asks == ("reason",)
    assert letter.action("received", "submit").asks == ()
    assert letter.step("issued", "hand_over", {"petugas"}) == "handed_over"
