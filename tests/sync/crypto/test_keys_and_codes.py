"""Key slots, enrolment codes, passphrases and letters' signatures keep their promises."""

import os

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.engine.problem import Locked, Refused
from sync.crypto import base45, code, keys, letter, passphrase, signed, slots, wrap

ROOT = keys.RegionKeys.make()
DEVICE = keys.DeviceKeys.make()
CLAIMS = letter.Claims(
    letter_id=b"l" * 16,
    number="470/012/XI/2026",
    service="letters/surat_keterangan_domisili",
    date="2026-11-21",
    initials="S.M.",
    digest=b"d" * 16,
)


def qr() -> str:
    certificate = letter.certify(DEVICE.public().letter, "Kelurahan Contoh", "99.01", ROOT.root)
    return letter.sign(CLAIMS, DEVICE.letter, certificate)


def roots() -> dict[str, bytes]:
    return {"99.01": ROOT.public().root}


def test_each_operator_opens_the_store_with_an_own_passphrase() -> None:
    key = slots.make_store_key()
    both = slots.Slots.create().add(key, "Rina", "melati putih").add(key, "Budi", "kopi pahit")

    again = slots.Slots.decode(both.encode())

    assert again.open("rina ", "melati putih") == key
    assert again.open("Budi", "kopi pahit") == key


@pytest.mark.parametrize(
    ("name", "text", "secret"),
    [("Rina", "kopi pahit", b""), ("Budi", "melati putih", b""), ("Rina", "melati putih", b"x")],
)
def test_a_wrong_name_passphrase_or_device_stays_locked(
    name: str, text: str, secret: bytes
) -> None:
    one = slots.Slots.create().add(slots.make_store_key(), "Rina", "melati putih")

    with pytest.raises(Locked):
        one.open(name, text, secret)


def test_removing_one_operator_leaves_the_other() -> None:
    key = slots.make_store_key()
    both = slots.Slots.create().add(key, "Rina", "melati putih").add(key, "Budi", "kopi pahit")

    left = both.without(both.enter("Rina", "melati putih").place)

    assert left.open("Budi", "kopi pahit") == key
    with pytest.raises(Locked):
        left.open("Rina", "melati putih")


def test_the_slot_file_names_nobody() -> None:
    data = slots.Slots.create().add(slots.make_store_key(), "Rina", "melati putih").encode()

    assert b"rina" not in data.lower()


def test_a_damaged_slot_file_is_refused() -> None:
    with pytest.raises(Refused):
        slots.Slots.decode(b"\xc1")


def test_a_code_is_read_back_however_it_is_typed() -> None:
    text, secret = code.make(ROOT.public().sign)

    assert code.read(text) == (secret, code.digest(ROOT.public().sign))
    assert code.read(text.lower().replace("-", " ").replace("0", "o")) == code.read(text)


def test_a_code_fits_its_own_server_only() -> None:
    _, digest = code.read(code.make(ROOT.public().sign)[0])

    assert code.matches(digest, ROOT.public().sign)
    assert not code.matches(digest, keys.RegionKeys.make().public().sign)


@pytest.mark.parametrize("text", ["", "ABCD", "U" * 32, "0" * 31, "0" * 33])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        code.read(text)


def test_a_genuine_letter_is_recognised_without_a_network() -> None:
    checked = letter.check(qr(), roots())

    assert checked.claims == CLAIMS
    assert checked.office == "Kelurahan Contoh"


def test_a_letter_of_an_unknown_region_says_so() -> None:
    with pytest.raises(Refused) as refused:
        letter.check(qr(), {})

    assert refused.value.problems[0].code == "key_unknown"


def test_no_altered_character_of_a_letters_code_passes() -> None:
    text = qr()

    for at in range(len(letter.PREFIX), len(text)):
        other = "A" if text[at] != "A" else "B"
        with pytest.raises(Refused):
            letter.check(text[:at] + other + text[at + 1 :], roots())


def test_a_device_cannot_vouch_for_itself() -> None:
    own = keys.RegionKeys.make()
    certificate = letter.certify(DEVICE.public().letter, "Kelurahan Contoh", "99.01", own.root)

    with pytest.raises(Refused) as refused:
        letter.check(letter.sign(CLAIMS, DEVICE.letter, certificate), roots())

    assert refused.value.problems[0].code == "signature_wrong"


@given(st.binary(max_size=60))
def test_base45_gives_back_what_it_was_given(data: bytes) -> None:
    assert base45.decode(base45.encode(data)) == data


def test_base45_is_that_of_rfc_9285() -> None:
    assert base45.encode(b"AB") == "BB8"
    assert base45.encode(b"Hello!!") == "%69 VD92EX0"
    assert base45.decode("QED8WEX0") == b"ietf!"


@pytest.mark.parametrize("text", ["GGW", "A", "ab8", "::"])
def test_what_is_no_base45_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        base45.decode(text)


def test_a_signature_of_one_domain_is_none_of_another() -> None:
    made = signed.sign(b"plain", ROOT.sign, "receipt")

    assert signed.check(made, ROOT.public().sign, "receipt") == b"plain"
    with pytest.raises(Refused):
        signed.check(made, ROOT.public().sign, "page")


def test_signed_bytes_cannot_be_exchanged() -> None:
    made = signed.sign(b"plain", ROOT.sign, "page")

    with pytest.raises(Refused):
        signed.check(msgspec.structs.replace(made, plain=b"other"), ROOT.public().sign, "page")


def test_a_wrapped_secret_opens_in_its_context_only() -> None:
    key = os.urandom(32)
    wrapped = wrap.wrap(b"secret", key, b"context")

    assert wrap.unwrap(wrapped, key, b"context") == b"secret"
    with pytest.raises(Locked):
        wrap.unwrap(wrapped, key, b"other")


def test_a_secret_under_a_passphrase_opens_with_it_only() -> None:
    wrapped = wrap.wrap_with_passphrase(b"secret", "melati putih", b"context")

    assert wrap.unwrap_with_passphrase(wrapped, "melati putih", b"context") == b"secret"
    with pytest.raises(Locked):
        wrap.unwrap_with_passphrase(wrapped, "melati merah", b"context")


def test_a_hashed_passphrase_is_known_again_whatever_the_keyboard() -> None:
    hashed = passphrase.hash_text("caf\u00e9 tubruk")

    assert passphrase.matches("cafe\u0301 tubruk", hashed)
    assert not passphrase.matches("cafe tubruk", hashed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pendek", "passphrase_short"),
        ("x" * 300, "passphrase_long"),
        ("12345678", "passphrase_obvious"),
        ("aaaaaaaaaa", "passphrase_obvious"),
        ("melati putih", None),
    ],
)
def test_the_rules_ask_for_length_and_refuse_the_obvious(text: str, expected: str | None) -> None:
    problem = passphrase.check_rules(text)

    assert (problem.code if problem else None) == expected
