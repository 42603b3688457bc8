"""What the register says of a letter to whoever holds it, and what it doesn't."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from forms.engine.form import Form
from forms.engine.region import Office
from sync.crypto import letter as seals
from sync.crypto.keys import RegionKeys
from sync.protocol.change import Change
from sync.protocol.ties import correcting
from sync.server import finding, offices
from sync.server.city import City
from sync.server.finding import Second, Shown
from tests.sync.server.conftest import ADMINISTRATOR, Time
from tests.sync.server.laptop import HEIRS, LETTER, Laptop, sha

Enrol = Callable[..., Laptop]
DAY_MS = 24 * 3600 * 1000
WHO = {"nama": "AHMAD FAUZI"}


@pytest.fixture
def form(city: City) -> Form:
    return city.catalogue.form(LETTER)


@pytest.fixture
def laptop(enrol: Enrol) -> Laptop:
    return enrol()


def issued(
    laptop: Laptop, form: Form, position: int = 1, text: str = "", **parts: Any
) -> list[Change]:
    made = laptop.letter(WHO, form.code, **parts)
    return [*made, laptop.issue(made, form, position, text)]


def qr(change: Change) -> str:
    assert change.body.paper is not None
    return str(change.body.paper["qr"])


def code(change: Change) -> str:
    assert change.body.paper is not None
    return str(change.body.paper["data"]["letter"])[:12]


def test_a_recorded_letter_is_genuine_and_names_nobody(
    city: City, laptop: Laptop, form: Form
) -> None:
    made = issued(laptop, form)
    laptop.send(*made)

    found = finding.by_qr(city, qr(made[-1]))

    assert found.status == "genuine"
    assert found.letter == Shown(
        form.title, "0001/X", "2026-11-21", "Kelurahan A", "A.F.", "2027-11-21"
    )


def test_the_short_code_says_the_same_however_it_is_typed(
    city: City, laptop: Laptop, form: Form
) -> None:
    made = issued(laptop, form)
    laptop.send(*made)
    digits = code(made[-1])

    for typed in (digits, f" {digits[:4]}-{digits[4:8]} {digits[8:]} ".upper()):
        assert finding.by_code(city, typed) == finding.by_qr(city, qr(made[-1]))


def test_a_number_can_be_guessed_and_shows_no_initials(
    city: City, laptop: Laptop, form: Form
) -> None:
    laptop.send(*issued(laptop, form, text="0001/470/kel-a/11/2026"))

    found = finding.by_number(city, "kel-a", " 0001/470/kel-a/11/2026")

    assert found.status == "genuine"
    assert found.letter is not None
    assert (found.letter.number, found.letter.initials) == ("0001/470/kel-a/11/2026", "")
    assert finding.by_number(city, "kel-b", "0001/470/kel-a/11/2026").status == "unknown"
    assert finding.by_number(city, "nowhere", "0001/470/kel-a/11/2026").status == "unknown"


def test_a_letter_that_was_not_sent_yet_is_not_called_false(
    city: City, laptop: Laptop, form: Form
) -> None:
    made = issued(laptop, form)

    found = finding.by_qr(city, qr(made[-1]))

    assert (found.status, found.letter) == (
        "unknown",
        Shown(form.title, "0001/X", "2026-11-21", "Kelurahan A", "A.F."),
    )
    assert finding.by_code(city, code(made[-1])) == finding.Finding("unknown")


def test_a_void_letter_is_void(city: City, laptop: Laptop, form: Form) -> None:
    made = issued(laptop, form)
    laptop.send(*made, laptop.move(made[0], "void", "void", made[-1], reason="Salah nama"))

    assert finding.by_qr(city, qr(made[-1])).status == "void"


def test_a_correction_supersedes_what_it_corrects_once_it_is_issued(
    city: City, laptop: Laptop, form: Form
) -> None:
    wrong = issued(laptop, form)
    laptop.send(*wrong)
    extra = correcting(wrong[0].target)
    right = laptop.letter(WHO, reason="Salah nama", extra=extra)
    laptop.send(*right)
    assert finding.by_qr(city, qr(wrong[-1])).status == "genuine"

    issue = laptop.issue(right, form, 2)
    laptop.send(issue)

    found = finding.by_qr(city, qr(wrong[-1]))
    assert (found.status, found.replaced_by) == ("superseded", "0002/X")
    assert finding.by_qr(city, qr(issue)).status == "genuine"
    laptop.send(laptop.move(right[0], "void", "void", issue, reason="Salah juga"))
    assert finding.by_qr(city, qr(wrong[-1])).status == "genuine"


def test_no_other_office_supersedes_a_letter(
    city: City, laptop: Laptop, form: Form, enrol: Enrol
) -> None:
    made = issued(laptop, form)
    laptop.send(*made)
    stranger = enrol("kel-b")

    stranger.send(*issued(stranger, form, extra=correcting(made[0].target)))

    assert finding.by_qr(city, qr(made[-1])).status == "genuine"


def test_two_papers_with_one_number_are_both_in_dispute(
    city: City, laptop: Laptop, form: Form
) -> None:
    one, two = issued(laptop, form, 7), issued(laptop, form, 7)
    laptop.send(*one, *two)

    assert [finding.by_qr(city, qr(made[-1])).status for made in (one, two)] == ["disputed"] * 2
    assert finding.by_number(city, "kel-a", "0007/X").status == "disputed"


def test_void_against_handed_over_is_in_dispute(
    city: City, laptop: Laptop, form: Form, enrol: Enrol
) -> None:
    made = issued(laptop, form)
    laptop.send(*made, laptop.move(made[0], "ready", "ready", made[-1]))
    other = enrol()

    other.send(other.move(made[0], "void", "void", made[-1], reason="Salah nama"))

    assert finding.by_qr(city, qr(made[-1])).status == "disputed"


def test_two_desks_that_cross_at_the_counter_put_nothing_in_doubt(
    city: City, laptop: Laptop, form: Form, enrol: Enrol
) -> None:
    made = issued(laptop, form)
    laptop.send(*made, laptop.move(made[0], "ready", "ready", made[-1]))
    other = enrol()

    [verdict] = other.send(other.move(made[0], "hand_over", "handed_over", made[-1]))

    assert verdict.verdict == "conflict"
    assert finding.by_qr(city, qr(made[-1])).status == "genuine"


def test_a_paper_of_who_may_not_issue_is_in_dispute(city: City, form: Form, enrol: Enrol) -> None:
    clerk = enrol(role="petugas")
    first = clerk.change(LETTER, "new", answers=WHO, state="received")
    issue = clerk.issue([first], form, 1)

    clerk.send(first, issue)

    assert finding.by_qr(city, qr(issue)).status == "disputed"


def test_no_other_office_brings_a_letter_into_doubt(
    city: City, laptop: Laptop, form: Form, enrol: Enrol
) -> None:
    made = issued(laptop, form)
    laptop.send(*made)
    stranger = enrol("kel-b")
    false = stranger.issue(made[:-1], form, 1)

    [verdict] = stranger.send(false)

    assert verdict.verdict == "conflict"
    assert finding.by_qr(city, qr(made[-1])).status == "genuine"


def test_no_other_office_takes_a_letters_code_for_its_own(
    city: City, laptop: Laptop, form: Form, enrol: Enrol
) -> None:
    made, stranger = issued(laptop, form), enrol("kel-b")
    copied = stranger.letter(WHO)
    number, paper = made[-1].number, made[-1].body.paper
    stranger.send(
        *copied, stranger.move(copied[0], "issue", "issued", copied[-1], number=number, paper=paper)
    )
    laptop.send(*made)

    found = finding.by_qr(city, qr(made[-1]))

    assert found.letter is not None
    assert (found.status, found.letter.office) == ("genuine", "Kelurahan A")


def test_a_letter_whose_time_is_over_is_genuine_and_says_so(
    city: City, laptop: Laptop, form: Form, time: Time
) -> None:
    made = issued(laptop, form)
    laptop.send(*made)
    time.ms += 366 * DAY_MS

    found = finding.by_qr(city, qr(made[-1]))

    assert found.letter is not None
    assert (found.status, found.letter.expired) == ("genuine", True)


def test_the_second_signature_is_shown_with_its_number(city: City, enrol: Enrol) -> None:
    kecamatan = Office(b"", "kec-a", "kecamatan", "Kecamatan A", "99.71.01")
    offices.add(city, kecamatan, ADMINISTRATOR)
    laptop, second = enrol(), enrol("kec-a")
    made = issued(laptop, city.catalogue.form(HEIRS))
    laptop.send(*made)
    before = finding.by_qr(city, qr(made[-1]))
    second.send(second.countersign(made[-1], 1))

    found = finding.by_qr(city, qr(made[-1]))

    assert before.letter is not None
    assert before.letter.second is None
    assert found.letter is not None
    assert found.letter.second == Second("Kecamatan A", "0001/KEC", "2026-11-21")
    assert finding.by_number(city, "kec-a", "0001/KEC").letter == msgspec.structs.replace(
        found.letter, initials=""
    )


def test_an_altered_code_is_forged(city: City, laptop: Laptop, form: Form) -> None:
    text = qr(issued(laptop, form)[-1])
    at = len(text) - 5
    altered = text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]

    assert finding.by_qr(city, altered).status in {"forged", "unreadable"}


def test_a_code_that_says_other_things_than_the_paper_is_forged(
    city: City, laptop: Laptop, form: Form
) -> None:
    made = issued(laptop, form)
    laptop.send(*made)
    said = seals.check(qr(made[-1]), {city.code: city.public.root}).claims
    other = msgspec.structs.replace(said, initials="ZZ")
    text = seals.sign(other, laptop.keys.letter, laptop.welcome.certificate)

    assert finding.by_qr(city, text).status == "forged"


def test_another_regions_code_and_a_code_of_nobody_are_told_apart(
    city: City, laptop: Laptop
) -> None:
    keys = RegionKeys.make()
    letter = laptop.keys.public().letter
    claims = seals.Claims(bytes(16), "1", "Surat", "2026-11-21", "A", bytes(16))

    def signed(region: str) -> str:
        certificate = seals.certify(letter, "Kelurahan A", region, keys.root)
        return seals.sign(claims, laptop.keys.letter, certificate)

    assert finding.by_qr(city, signed("11.11")).status == "foreign"
    assert finding.by_qr(city, signed(city.code)).status == "forged"


@pytest.mark.parametrize("text", ["", "TERAS1:", "TERAS1:%%%", "halo", "A" * 3000])
def test_nonsense_is_unreadable(city: City, text: str) -> None:
    assert finding.by_qr(city, text).status == "unreadable"
    assert finding.by_code(city, text).status == "unreadable"


def test_a_paper_that_waits_for_its_letter_is_not_recorded_yet(
    city: City, laptop: Laptop, form: Form
) -> None:
    made = issued(laptop, form)

    [verdict] = laptop.send(made[-1])

    assert verdict.verdict == "held"
    assert finding.by_qr(city, qr(made[-1])).status == "unknown"
    laptop.send(*made[:-1])
    assert finding.by_qr(city, qr(made[-1])).status == "genuine"


@pytest.mark.parametrize(
    ("office", "number"), [("kel-a", "470/\0001"), ("kel\0a", "470/1"), ("kel-a", "")]
)
def test_what_can_be_no_number_is_unreadable(city: City, office: str, number: str) -> None:
    assert finding.by_number(city, office, number).status == "unreadable"


def test_a_text_that_no_database_can_keep_holds_nothing_up(city: City, laptop: Laptop) -> None:
    made, text = laptop.resident(), "= Surat\0"

    assert [one.verdict for one in laptop.send(made, texts={sha(text): text})] == ["applied"]
