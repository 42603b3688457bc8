"""`server live` and `server disposition`: the wall's tokens and what the city asks, by a script."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

OFFICE = "KEL-1"
SCREEN = "ruang rapat"


def test_the_token_of_a_screen_is_made_listed_and_revoked(teras: Any, city: Path) -> None:
    made = teras("server", "live", "token", SCREEN).body
    assert made["path"] == f"/live?token={made['token']}"
    assert teras("server", "live", "token", SCREEN).codes == ["live_token_taken"]

    teras("server", "live", "revoke", SCREEN)

    [listed] = teras("server", "live", "tokens").body["screens"]
    assert (listed["screen"], bool(listed["revoked"])) == (SCREEN, True)
    assert made["token"] not in str(listed)
    assert teras("server", "live", "revoke", SCREEN).codes == ["live_token_unknown"]


def test_everything_is_counted_anew(teras: Any, city: Path) -> None:
    assert teras("server", "live", "count").body == {"ok": True, "records": 0}


@pytest.mark.parametrize(("days", "codes"), [(2, []), (-2, ["directive_due"])])
def test_a_disposition_is_given_by_its_day(
    teras: Any, city: Path, days: int, codes: list[str]
) -> None:
    due = dt.datetime.now().astimezone().date() + dt.timedelta(days=days)
    said = teras(
        "server", "disposition", "--office", OFFICE, "--sender", "Wali Kota", "--about", "Surat",
        "--request", "Mohon dijelaskan.", "--due", due,
    )  # fmt: skip

    assert said.body.get("problems", []) == [] if not codes else said.codes == codes
    listed = teras("server", "dispositions").body["dispositions"]
    assert [(one["about"], one["state"]) for one in listed] == (
        [] if codes else [("Surat", "open")]
    )


def test_a_day_that_there_is_not_is_no_deadline(teras: Any, city: Path) -> None:
    said = teras(
        "server", "disposition", "--office", OFFICE, "--sender", "s", "--about", "a",
        "--request", "r", "--due", "2026-02-30",
    )  # fmt: skip

    assert (said.status, said.codes) == (1, ["date_impossible"])
