"""`server keys`: what an administrator sees of the city's keys, and changes."""

import json
from pathlib import Path
from typing import Any


def test_a_rotation_shows_the_old_key_with_its_days_and_the_new_one(teras: Any, city: Path) -> None:
    before = teras("server", "keys").body["city_keys"]

    made = teras("server", "keys", "rotate")

    assert made.body == {"ok": True, "list": 2}
    shown = teras("server", "keys").body["city_keys"]
    present, retired = (key for key in shown if key["use"] == "seal")
    assert [key["id"] for key in before if key["use"] == "seal"] == [retired["id"]]
    assert present["retired"] is None
    assert present["unreadable"] is None
    assert retired["retired"] < retired["destroys"] < retired["unreadable"]
    assert len([key for key in shown if key["use"] == "sign"]) == 1


def test_an_audit_signed_before_a_rotation_still_checks(
    teras: Any, city: Path, tmp_path: Path
) -> None:
    audit, keys = tmp_path / "audit.json", tmp_path / "keys.json"
    teras("server", "audit", "export", "--out", audit)
    teras("server", "keys", "rotate", "--signing")

    teras("server", "keys", "export", keys)

    assert teras("check", audit, "--keys", keys).body["ok"]
    (region,) = json.loads(keys.read_text("utf-8"))["regions"].values()
    assert len(region["former"]) == 1


def test_an_audit_signed_by_a_lost_key_does_not_check(
    teras: Any, city: Path, tmp_path: Path
) -> None:
    audit, keys = tmp_path / "audit.json", tmp_path / "keys.json"
    teras("server", "audit", "export", "--out", audit)
    teras("server", "keys", "rotate", "--lost")

    teras("server", "keys", "export", keys)

    said = teras("check", audit, "--keys", keys)
    assert (said.status, said.codes) == (1, ["signature_wrong"])
