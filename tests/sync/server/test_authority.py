"""What was held while its author's right ended is judged by the rights that they had."""

from sync.server import records
from sync.server.city import City
from tests.sync.server.conftest import Enrol
from tests.sync.server.laptop import RESIDENT


def test_what_waited_while_its_authors_right_ended_still_counts(city: City, enrol: Enrol) -> None:
    head, clerk = enrol(), enrol(role="petugas")
    first = head.resident("AHMAD")
    edited = clerk.edit(first, telepon="081200000000")
    rights = head.change(
        "office/operator",
        "edit",
        record=clerk.operator,
        base={"peran": clerk.operator},
        answers={"peran": ["auditor"]},
    )

    [waits] = clerk.send(edited)
    told = head.send(rights, first)

    assert waits.verdict == "held"
    assert [one.verdict for one in told] == ["applied", "applied"]
    [now] = records.listing(city, RESIDENT)
    assert now.answers["telepon"] == "081200000000"
