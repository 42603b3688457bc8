"""Each alert asks for metrics that exist, and each has its page in the book; none is left over."""

import re
from pathlib import Path

from sync.server.metrics import HISTOGRAM, METRICS

HOUSE = Path(__file__).parents[3]
RULES = (HOUSE / "resources" / "operations" / "prometheus-rules.yml").read_text("utf-8")
BOOK = (HOUSE / "docs" / "peringatan.md").read_text("utf-8")
# What a city's two people have to hear of before an office calls.
WATCHED = {
    "oldest_unacked_age", "devices_silent_24h", "forks_total", "gaps_open", "quarantine_open",
    "lease_low", "backup_age", "restore_test_age",
}  # fmt: skip


def of(key: str) -> list[str]:
    return re.findall(rf"^ +(?:- )?{key}: (.+)$", RULES, re.MULTILINE)


def names(text: str) -> set[str]:
    return {name.removeprefix("teras_") for name in re.findall(r"\bteras_\w+", text)}


def known() -> set[str]:
    parts = {
        f"{name}_{part}"
        for name, (sort, _) in METRICS.items()
        if sort == HISTOGRAM
        for part in ("bucket", "sum", "count")
    }
    return set(METRICS) | parts | names("\n".join(of("record")))


def test_every_expression_asks_for_metrics_that_exist() -> None:
    asked = [names(expression) for expression in of("expr")]

    assert len(asked) == len(of("alert")) + len(of("record"))
    assert [one - known() for one in asked if one - known()] == []


def test_all_that_has_to_be_watched_is_watched() -> None:
    assert names("\n".join(of("expr"))) >= WATCHED


def test_every_alert_has_its_page_and_every_page_its_alert() -> None:
    alerts = of("alert")

    assert of("runbook") == [f"docs/peringatan.md#{name.lower()}" for name in alerts]
    assert re.findall(r"^## (\w+)$", BOOK, re.MULTILINE) == ["Memasang", *alerts]
    for name in alerts:
        page = BOOK.split(f"## {name}\n")[1].split("\n## ")[0]
        assert all(f"**{part}.**" in page for part in ("Artinya", "Periksa", "Lakukan")), name


def test_the_book_tells_of_every_metric() -> None:
    table = BOOK.split("| yang diukur")[1].split("\n\n")[0]

    assert set(re.findall(r"`(\w+)`", table.replace("teras_...", ""))) == set(METRICS)
