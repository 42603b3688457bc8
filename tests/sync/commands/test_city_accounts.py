"""`server admin`: accounts of the city's pages, made by a script."""

from pathlib import Path
from typing import Any

import pytest

PHRASE = "perahu kecil di teluk yang tenang"
NAME = "Rahmat Wijaya"


@pytest.fixture
def added(teras: Any, city: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("TERAS_NEW_PASSPHRASE", PHRASE)
    return teras("server", "admin", "add", NAME, "--role", "walikota")


def test_an_account_is_added_listed_and_removed(teras: Any, added: Any) -> None:
    assert added.body == {"ok": True, "name": NAME, "role": "walikota"}
    shown = teras("server", "admin", "list").body["accounts"]
    assert [(one["name"], one["role"]) for one in shown] == [
        ("Admin Kota", "administrator"),
        (NAME, "walikota"),
    ]
    assert shown[1]["second_factor"] is False
    assert shown[1]["last_sign_in"] is None

    teras("server", "admin", "remove", NAME)

    assert len(teras("server", "admin", "list").body["accounts"]) == 1


def test_a_second_factor_is_told_once(teras: Any, added: Any) -> None:
    given = teras("server", "admin", "factor", NAME).body

    assert given["otpauth"].startswith("otpauth://totp/")
    assert given["secret"].replace(" ", "") in given["otpauth"]
    assert len(set(given["recovery_codes"])) == 10
    listed = teras("server", "admin", "list")
    assert listed.body["accounts"][1]["second_factor"] is True
    assert given["secret"] not in listed.out


def test_a_role_decides_who_may_command(
    teras: Any, added: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERAS_PASSPHRASE", PHRASE)
    refused = teras("server", "status", who=NAME)
    assert (refused.status, refused.codes) == (1, ["right_missing"])


def test_after_a_change_of_role_an_account_commands(
    teras: Any, added: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    teras("server", "admin", "role", NAME, "--role", "administrator")
    teras("server", "admin", "unlock", NAME)

    monkeypatch.setenv("TERAS_PASSPHRASE", PHRASE)
    assert teras("server", "status", who=NAME).status == 0


def test_a_reset_gives_a_new_passphrase(
    teras: Any, added: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    teras("server", "admin", "role", NAME, "--role", "administrator")
    monkeypatch.setenv("TERAS_NEW_PASSPHRASE", "empat kuda laut di karang")
    teras("server", "admin", "reset", NAME)

    monkeypatch.setenv("TERAS_PASSPHRASE", PHRASE)
    assert teras("server", "status", who=NAME).status == 3


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("add", NAME, "--role", "walikota"), "account_exists"),
        (("remove", "Tidak Ada"), "account_unknown"),
        (("remove", "Admin Kota"), "account_last"),
        (("role", "Admin Kota", "--role", "walikota"), "account_last"),
        (("factor", "Tidak Ada"), "account_unknown"),
    ],
)
def test_what_cannot_be_is_refused(
    teras: Any, added: Any, words: tuple[str, ...], code: str
) -> None:
    said = teras("server", "admin", *words)

    assert (said.status, said.codes) == (1, [code])


def test_a_guessed_passphrase_makes_no_account(
    teras: Any, city: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERAS_NEW_PASSPHRASE", "kota contoh kota contoh")

    assert teras("server", "admin", "add", NAME, "--role", "walikota").codes == [
        "passphrase_obvious"
    ]
