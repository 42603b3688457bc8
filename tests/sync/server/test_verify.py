"""Whoever alters the database is found out: every chain, number and digest."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, text

from forms.engine.problem import Refused
from sync.server import audit_file, devices, intake, revocation, tables, verify
from sync.server.city import City
from tests import databases
from tests.sync.server.conftest import ADMINISTRATOR
from tests.sync.server.laptop import LETTER, Laptop, sha

Enrol = Callable[..., Laptop]


@pytest.fixture
def worked(city: City, enrol: Enrol) -> City:
    """A city where a resident was registered and a letter issued."""
    laptop = enrol()
    made = laptop.letter({"nama": "AHMAD"})
    issue = laptop.issue(made, city.catalogue.form(LETTER), 1)
    texts = {sha("= Surat"): "= Surat"}
    laptop.send(laptop.resident("AHMAD"))
    laptop.send(*made, issue, texts=texts)
    return city


def test_what_was_not_altered_verifies(worked: City) -> None:
    assert verify.verify(worked) == ()


@pytest.mark.parametrize(
    ("alteration", "code"),
    [
        ("UPDATE audit SET event = :junk WHERE number = 2", "verify_audit"),
        ("DELETE FROM audit WHERE number = 2", "verify_audit"),
        ("UPDATE batch SET prev = id WHERE seq = 2", "verify_batch"),
        ("DELETE FROM batch WHERE seq = 1", "verify_batch"),
        ("UPDATE change SET record = :junk", "verify_change"),
        ("UPDATE change SET verdict = 'refused'", "verify_stream"),
        ("DELETE FROM stream_row WHERE number = 1", "verify_stream"),
        ("UPDATE stream SET head = head + 1", "verify_stream"),
        ("DELETE FROM change", "verify_record"),
        ("UPDATE number SET text = '0002/X'", "verify_number"),
        ("UPDATE number SET position = 2", "verify_number"),
        ("UPDATE paper SET letter = :junk", "verify_paper"),
        ("UPDATE text SET content = '= Surat lain'", "verify_text"),
        (
            (
                "INSERT INTO lease (region, office, series, year, low, high, id, device, "
                "incarnation, granted) SELECT region, office, series, year, low + 1, high + 1, id, "
                "device, incarnation, granted FROM lease"
            ),
            "verify_lease",
        ),
    ],
)
def test_an_alteration_is_found(worked: City, alteration: str, code: str) -> None:
    given = {"junk": b"\x80"} if ":junk" in alteration else {}
    with databases.unguarded(worked.database.url) as connection:
        connection.execute(text(alteration), given)

    assert code in {problem.code for problem in verify.verify(worked)}


def exported(city: City, office: str = "") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        audit_file.export(city, ADMINISTRATOR, office_code=office).content
    )
    return found


def test_an_exported_audit_checks_with_the_public_key_alone(worked: City) -> None:
    made = audit_file.export(worked, ADMINISTRATOR)

    events, head = audit_file.check(made.content, {worked.code: [worked.public.sign]})

    assert (events, head) == (made.events, made.head)
    acts = [entry["event"]["act"] for entry in json.loads(made.content)["events"]]
    assert acts[:3] == ["server_made", "administrator_added", "office_added"]
    assert acts[-3:] == ["enrol_code", "enrolled", "audit_exported"]


def test_an_offices_export_shows_its_own_events_and_the_whole_chain(
    worked: City, enrol: Enrol
) -> None:
    enrol("kel-b")
    shown = exported(worked, "kel-b")

    keys = {worked.code: [worked.public.sign]}
    assert audit_file.check(json.dumps(shown).encode(), keys)[0] == len(shown["events"])
    assert [e["event"]["act"] for e in shown["events"] if "event" in e] == [
        "office_added",
        "enrol_code",
        "enrolled",
        "audit_exported",
    ]


@pytest.mark.parametrize("altered", ["event", "order", "missing", "head", "region"])
def test_an_altered_export_is_found_out(worked: City, altered: str) -> None:
    file = exported(worked)
    events = file["events"]
    if altered == "event":
        events[2]["event"]["by"] = "Orang Lain"
    elif altered == "order":
        events[1], events[2] = events[2], events[1]
    elif altered == "missing":
        del events[2]
    elif altered == "head":
        file["head"] = "00" * 32
    else:
        file["region"] = "11.11"
    keys = {worked.code: [worked.public.sign], "11.11": [worked.public.root]}

    with pytest.raises(Refused) as error:
        audit_file.check(json.dumps(file).encode(), keys)

    code = error.value.problems[0].code
    assert code == ("audit_broken" if altered in {"event", "order"} else "signature_wrong")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"kind":"x"}'])
def test_what_is_no_export_is_refused(content: bytes) -> None:
    with pytest.raises(Refused) as error:
        audit_file.check(content, {})

    assert [problem.code for problem in error.value.problems] == ["audit_malformed"]


def test_what_administrators_do_is_written_down(worked: City) -> None:
    [device] = devices.listing(worked)
    revocation.revoke(worked, device.id, ADMINISTRATOR)
    revocation.revoke(worked, device.id, ADMINISTRATOR)

    events = exported(worked)["events"]

    revoked = [e["event"] for e in events if e["event"]["act"] == "device_revoked"]
    assert [(e["by"], e["device"]) for e in revoked] == [(ADMINISTRATOR, device.id.hex())]


def test_a_refused_batch_leaves_no_trace_in_any_table(worked: City, enrol: Enrol) -> None:
    laptop = enrol()
    with worked.database.read() as connection:
        before = {t.name: connection.scalar(select(func.count()).select_from(t)) for t in TABLES}
    laptop.prev = b"x" * 32

    with pytest.raises(Refused):
        intake.take(worked, laptop.batch(laptop.resident(), texts={sha("baru"): "baru"}))

    with worked.database.read() as connection:
        after = {t.name: connection.scalar(select(func.count()).select_from(t)) for t in TABLES}
    assert after == before


TABLES = tables.metadata.sorted_tables
