"""A finding goes to its office, is answered there, judged by the city, within sixty days."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from forms.engine.problem import Refused
from sync.server import findings, findings_sheet, reading, trail, verify
from sync.server.city import City
from sync.server.findings import Finding
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import Laptop

Enrol = Callable[..., Laptop]
DAY_MS = 86_400_000
TODAY = dt.date(2026, 11, 21)
TEXTS = {
    "nomor_lhp": "700/012/LHP/2026",
    "tentang": "Nomor surat tidak dijelaskan",
    "uraian": "Tiga nomor register tidak mempunyai surat.",
    "rekomendasi": "=Jelaskan ketiga nomor itu.",
}


def found(office: str = "kel-a", **parts: Any) -> Finding:
    plain = {"written": TODAY, "received": TODAY, "texts": TEXTS}
    return Finding(office, **{**plain, **parts})


def code_of(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.problems[0].code


@pytest.fixture
def finding(city: City) -> bytes:
    return findings.begin(city, found(), "Inspektur")


@pytest.fixture
def laptop(enrol: Enrol) -> Laptop:
    return enrol(role="petugas")


def answered(laptop: Laptop, record: bytes, words: str = "Sudah dijelaskan.") -> str:
    """The office's answer as its desk says it; the verdict with its code."""
    city = laptop.city
    with city.database.read() as connection:
        present = reading.records(connection, city.code, [record])[record]
    change = laptop.change(
        findings.SERVICE, "answer", record=record, base={"state": present.head("state")},
        state="answered", reason=words,
    )  # fmt: skip
    [verdict] = laptop.send(change)
    return verdict.code or verdict.verdict


def judge(city: City, record: bytes, action: str, reason: str = "sebab") -> str:
    findings.judge(city, record, action, reason, "Inspektur")
    return findings.find(city, record)[0].state


def test_it_goes_to_the_office_concerned_with_its_deadline(
    city: City, finding: bytes, laptop: Laptop, enrol: Enrol, time: Time
) -> None:
    told = [page for page in laptop.pages(laptop.exchange()) if page.stream.endswith("/audit")]
    other = enrol("kel-b")
    [listed] = findings.listing(city)

    assert [fate.change for fate in told[0].fates] == [finding]
    assert not [page for page in other.pages(other.exchange()) if page.stream.endswith("/audit")]
    assert (listed.due, listed.days, listed.state, listed.late) == (
        "2027-01-20", 60, "found", False,
    )  # fmt: skip
    time.ms += 61 * DAY_MS
    [listed] = findings.listing(city)
    assert (listed.days, listed.late) == (-1, True)


def test_the_office_answers_and_the_city_judges_until_it_is_settled(
    city: City, finding: bytes, laptop: Laptop
) -> None:
    states = []
    assert answered(laptop, finding) == "applied"
    assert findings.may(city, "answered") == ["accept", "send_back", "waive"]
    states.append(judge(city, finding, "send_back", "Bukti belum ada."))
    assert answered(laptop, finding, "Bukti dilampirkan di map 12.") == "applied"
    states.append(judge(city, finding, "accept"))
    states.append(judge(city, finding, "settle_finding"))

    assert states == ["incomplete", "followed", "settled"]
    _, story = findings.find(city, finding)
    assert [(said.by_city, said.act, said.words) for said in story] == [
        (False, "answer", "Sudah dijelaskan."),
        (True, "send_back", "Bukti belum ada."),
        (False, "answer", "Bukti dilampirkan di map 12."),
        (True, "accept", "sebab"),
        (True, "settle_finding", "sebab"),
    ]
    assert findings.listing(city, open_only=True) == []
    acts = [event.act for event in trail.look(city, trail.Asked(by="Inspektur"), 9, "x").events]
    assert acts == ["finding_judged"] * 3 + ["finding_begun"]
    assert verify.verify(city) == ()


@pytest.mark.parametrize("action", ["remind", "waive"])
def test_what_is_not_answered_is_called_so(city: City, finding: bytes, action: str) -> None:
    assert judge(city, finding, action) in {"unfollowed", "impossible"}


def test_nobody_of_an_office_begins_or_judges_one(
    city: City, finding: bytes, laptop: Laptop, enrol: Enrol
) -> None:
    head = enrol()
    answers = TEXTS | {"tanggal_lhp": "2026-11-21", "diterima": "2026-11-21"}
    answers |= {"tenggat": "2027-01-20"}
    begun = head.change(findings.SERVICE, "new", answers=answers, state="found")
    assert [v.code for v in head.send(begun)] == ["role_missing"]
    assert answered(laptop, finding) == "applied"
    [listed] = findings.listing(city)
    accept = head.change(
        findings.SERVICE, "accept", record=finding, state="followed", reason="kami sendiri"
    )
    assert [v.verdict for v in head.send(accept)] != ["applied"]
    assert findings.listing(city) == [listed]
    assert answered(enrol(role="auditor"), finding) != "applied"


def test_the_city_does_not_answer_for_the_office(city: City, finding: bytes) -> None:
    assert code_of(lambda: judge(city, finding, "answer")) == "role_missing"
    assert code_of(lambda: judge(city, finding, "accept")) == "action_not_now"
    assert code_of(lambda: judge(city, finding, "waive", " ")) == "reason_missing"
    assert code_of(lambda: judge(city, b"x" * 16, "waive")) == "record_unknown"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"office": "kel-z"}, "office_unknown"),
        ({"texts": {**TEXTS, "rekomendasi": " "}}, "required"),
        ({"written": TODAY + dt.timedelta(days=1)}, "date_late"),
        ({"received": TODAY - dt.timedelta(days=1)}, "rule_failed"),
    ],
)
def test_what_makes_no_finding_is_refused_and_leaves_nothing(
    city: City, wrong: dict[str, Any], code: str
) -> None:
    assert code_of(lambda: findings.begin(city, found(**wrong), "Inspektur")) == code
    assert findings.listing(city) == []


def test_what_is_to_be_done_comes_first_and_the_files_have_all(city: City, finding: bytes) -> None:
    old = TODAY - dt.timedelta(days=70)
    late = findings.begin(city, found(written=old, received=old), "Inspektur")
    judge(city, finding, "waive")
    judge(city, finding, "settle_finding")

    listed = findings.listing(city)

    assert [(one.id, one.late) for one in listed] == [(late, True), (finding, False)]
    assert "'=Jelaskan" in findings_sheet.as_csv(listed).decode("utf-8-sig")
    assert findings_sheet.as_pdf(city, listed, ADMINISTRATOR).startswith(b"%PDF")
