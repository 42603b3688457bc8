"""The page's own reader and ours read the golden files alike."""

from typing import Any

import msgspec
import pytest
from cryptography.exceptions import InvalidSignature

from sync.crypto import stream
from sync.protocol import columns, wire
from sync.protocol.batch import Batch
from sync.protocol.change import Change, change_id
from sync.protocol.exchange import Ask
from sync.protocol.packing import pack, unpack
from sync.protocol.parcel import name_of
from sync.protocol.snapshot import Part, Told
from sync.protocol.stream import CHAIN_START, Fate, Signed
from tests.golden import decoder, town
from tests.golden.index import FOLDER, SUFFIX, index, pinned
from tests.golden.messages import MANIFEST
from tests.golden.town import DEWI, KEYS, PEOPLE, RINA

TAKEN = [one.name for one in index().taken]
WRITERS = {person.device: person.keys.public().sign for person in PEOPLE}


def opened(data: bytes) -> decoder.Opened:
    writer = decoder.unpack(decoder.unpack(data)[1])[2]
    return decoder.open_envelope(data, writer=WRITERS[writer], seal=KEYS.seal)


def plain(change: Change) -> dict[str, Any]:
    """Say a change as the reader says it."""
    told: dict[str, Any] = msgspec.to_builtins(change, builtin_types=(bytes,))
    told |= {"answers": change.body.answers, "reason": change.body.reason}
    told["paper"] = change.body.paper
    told["number"] = None if change.number is None else list(msgspec.structs.astuple(change.number))
    del told["body"]
    return told


@pytest.mark.parametrize("name", TAKEN)
def test_both_readers_find_the_same_changes_and_names_in_a_batch(name: str) -> None:
    message = opened(pinned("taken", name))
    ours = wire.decode(message.content, Batch)

    theirs = decoder.unpack(message.content)
    assert (theirs["device"], theirs["seq"]) == (message.header["writer"], message.header["seq"])
    assert decoder.changes(theirs["changes"]) == [
        plain(one) for one in columns.decode(ours.changes)
    ]


def test_batches_of_one_desk_are_a_chain_of_ids() -> None:
    heads: dict[bytes, tuple[int, bytes]] = {}
    for name in TAKEN:
        message = opened(pinned("taken", name))
        header = message.header
        seq, head = heads.get(header["writer"], (0, bytes(32)))
        assert (header["seq"], header["prev"]) == (seq + 1, head)
        heads[header["writer"]] = header["seq"], message.id
    assert {seq for seq, _ in heads.values()} != {1}


def test_who_did_it_is_checked_from_the_page_alone() -> None:
    signed, unsigned = (
        decoder.changes(decoder.unpack(opened(pinned("taken", name)).content)["changes"])
        for name in ("25_signed_acts", "26_unsigned_acts")
    )
    [brought] = [one for one in signed if one["service"] == "office/key"]
    key = bytes.fromhex(brought["answers"]["kunci"])

    assert brought["record"] == decoder.key_name(key) == DEWI.own.name
    assert brought["answers"]["petugas"] == DEWI.record.id.hex()
    told = [one for one in signed if "signature" in one["extra"]]
    assert [one["act"] for one in told] == ["new", "approve", "issue"]
    for one in told:
        assert one["extra"]["key"] == decoder.key_name(key)
        decoder.authored(one, key)
        with pytest.raises(InvalidSignature):
            decoder.authored(one | {"time": one["time"] + 1}, key)
    [wrong] = [one for one in unsigned if "signature" in one["extra"]]
    assert wrong["extra"]["key"] == decoder.key_name(key)
    with pytest.raises(InvalidSignature):
        decoder.authored(wrong, key)


def test_the_files_show_every_kind_of_column() -> None:
    seen: set[str] = set()

    def look(packed: Any) -> None:
        seen.add(packed[0])
        if packed[0] == "m":
            for one in packed[1].values():
                look(one)
        if packed[0] == "?":
            look(packed[2])

    for name in TAKEN:
        table = decoder.unpack(decoder.unpack(opened(pinned("taken", name)).content)["changes"])
        for packed in table.get("acts", {}).values():
            look(packed)
        for one in table.get("tables", ()):
            look(one["answers"])

    assert seen == {"=", "*", "+", "d", "b", "#", "t", "?", "m"}


@pytest.mark.parametrize(
    "values",
    [
        ["2024-02-29", "1900-03-01", "0001-01-01", "9999-12-31"],
        ["0071", "9999", "0000", "1234"],
        [5, -3, 2**40],
        [{"a": 1}, {}, {"b": None, "a": 2}],
    ],
)
def test_both_readers_unpack_a_column_alike(values: list[Any]) -> None:
    packed = msgspec.msgpack.decode(wire.encode(pack(values)))

    assert decoder.column(packed, len(values)) == unpack(packed, len(values)) == values


def test_an_answer_with_its_receipt_and_pages_is_read_from_the_page_alone() -> None:
    data = (FOLDER / "messages" / f"answer{SUFFIX}").read_bytes()
    sign = KEYS.public().sign
    message = decoder.open_envelope(data, writer=sign, seal=RINA.keys.seal)
    answer = decoder.unpack(message.content)

    receipt = decoder.signed(answer["receipt"], "receipt", sign)
    pages = [decoder.signed(page, "page", sign) for page in answer["pages"]]

    own = [name for name in TAKEN if opened(pinned("taken", name)).header["writer"] == RINA.device]
    assert answer["nonce"] == town.fixed("nonce")
    assert receipt["received"] == len(own)
    assert receipt["head"] == opened(pinned("taken", own[-1])).id
    groups = {page["stream"].rpartition("/")[2] for page in pages}
    assert groups == {"office", "letters", "residents"}
    for page, (said, _) in zip(pages, answer["pages"], strict=True):
        assert page["first"] == 1
        assert decoder.chain(said, CHAIN_START) == page["chain"]
        told = decoder.changes(page["changes"])
        assert [change["id"] for change in told] == [fate[1] for fate in page["fates"]]


def test_an_ask_is_read_from_the_page_alone() -> None:
    ask = decoder.unpack(opened((FOLDER / "messages" / f"ask{SUFFIX}").read_bytes()).content)

    assert set(ask) == set(Ask.__struct_fields__)
    assert ask["device"] == RINA.device


def test_a_sticks_manifest_names_its_files_by_their_content() -> None:
    data = (FOLDER / "messages" / MANIFEST).read_bytes()
    version, key, writer, _, lines = decoder.signed(
        decoder.unpack(data), "manifest", RINA.keys.public().sign
    )

    assert (version, key, writer) == (1, RINA.keys.public().sign, RINA.device)
    contents = [pinned("taken", name) for name in TAKEN[:2]]
    names = [decoder.sha256(b"teras/file/1", content)[:16] for content in contents]
    assert [line[:3] for line in lines] == [
        [name, len(content), "batch"] for name, content in zip(names, contents, strict=True)
    ]
    assert name_of(contents[0]) == names[0]
    assert wire.decode(data, Signed).plain


def test_an_id_is_computed_from_what_is_said_and_nothing_else() -> None:
    message = opened(pinned("taken", TAKEN[1]))
    [first, *_] = columns.decode(wire.decode(message.content, Batch).changes)

    assert decoder.change_id(plain(first)) == change_id(first) == first.id
    altered = plain(first) | {"answers": first.body.answers | {"rt": "004"}}
    assert decoder.change_id(altered) != first.id


@pytest.mark.parametrize("last", [False, True])
def test_a_part_of_a_snapshot_is_read_from_the_page_alone(last: bool) -> None:
    told = [
        change
        for name in TAKEN[:4]
        for change in columns.decode(
            wire.decode(opened(pinned("taken", name)).content, Batch).changes
        )
    ]
    rows = [
        Told(
            "ab/letters" if at % 2 else "ab/residents",
            Fate(at + 5, one.id, "applied", "", RINA.device, at),
            one,
        )
        for at, one in enumerate(told)
    ]
    laid = Part(rows, leaves=[("ab/residents", 4, bytes(16))], texts={"a": "teks"})
    key = bytes(range(32))

    sealed = stream.seal_part(laid.encode(), key, 7, last=last)
    found = decoder.part(sealed, key, 7, last=last)

    assert [row["change"]["id"] for row in found["told"]] == [one.id for one in told]
    for row, said in zip(found["told"], rows, strict=True):
        assert (row["stream"], row["number"], row["office"]) == (
            said.stream,
            said.fate.number,
            RINA.device,
        )
    assert found["leaves"] == [[found["streams"].index("ab/residents"), 4, bytes(16)]]
    assert (found["leases"], found["texts"]) == ([], {"a": "teks"})
