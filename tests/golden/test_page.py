"""docs/batch-format.md says what the code does: its example is made anew, no name is missing."""

import hashlib
import os
import re
import typing
from pathlib import Path

import msgspec
import pytest

from sync.crypto.keys import RegionKeys
from sync.crypto.signed import Domain
from sync.protocol import (
    attachment,
    columns,
    enrol,
    epoch,
    erase,
    exchange,
    frame,
    parcel,
    policy,
    snapshot,
    trust,
    wire,
)
from sync.protocol.batch import CHANGES_MAX, SEALED_MAX, TEXT_BYTES_MAX, TEXTS_MAX, Batch
from sync.protocol.change import Change, Number, change_id, digest
from sync.protocol.header import Envelope, Header, Kind
from sync.protocol.lease import Lease
from sync.protocol.packing import DEPTH_MAX
from sync.protocol.receipt import Receipt, Verdict, VerdictName
from sync.protocol.rekey import Life, Rekey
from sync.protocol.settle import Settlement
from sync.protocol.stream import Cursor, Fate, Leave, Page, Signed
from tests.golden import decoder
from tests.golden.index import index, pinned
from tests.golden.town import BUDI, KEYS

PAGE = Path(__file__).parents[2] / "docs" / "batch-format.md"
BEGIN, END = "<!-- example: made by tests/golden/test_page.py -->\n", "<!-- end of example -->"
EXAMPLE = "12_conflict"
WIDTH = 80
NAMES = re.compile(r"`([a-z_0-9]+)`")
MESSAGES: tuple[type[msgspec.Struct], ...] = (
    trust.KeyList, trust.SealKey, trust.SignKey, trust.Revoked, trust.Handover, trust.Shown,
    Envelope, Header, Batch, Change, Number, Settlement, Cursor, exchange.Ask, exchange.Answer,
    Receipt, Verdict, Page, Fate, Leave, Lease, Signed, epoch.Epoch, epoch.Return, epoch.Admission,
    epoch.Rejoin, enrol.Hello, enrol.Request, enrol.Join, enrol.Welcome, enrol.OfficeShape,
    enrol.ServerKeys, Rekey, Life, attachment.Files, attachment.Fetch, attachment.Stand,
    attachment.Chunk, parcel.Manifest, parcel.Line,
    snapshot.Want, snapshot.Portion, snapshot.Manifest,
    erase.Erasure, erase.Kept, erase.Carried, policy.Policy,
)  # fmt: skip


def page() -> str:
    return PAGE.read_text("utf-8")


def block(name: str, value: bytes) -> str:
    """Write bytes as lines of hex under their name."""
    text = value.hex()
    lines = [text[at : at + WIDTH] for at in range(0, len(text), WIDTH)] or ["(empty)"]
    return "\n".join([f"    {name}", *(f"      {line}" for line in lines)])


def example() -> str:
    """Say of the pinned envelope what each of its parts is, as the code makes it."""
    data = pinned("taken", EXAMPLE)
    whole = wire.decode(data, Envelope)
    opened = decoder.open_envelope(data, writer=BUDI.keys.public().sign, seal=KEYS.seal)
    batch = wire.decode(opened.content, Batch)
    assert wire.encode(batch) == opened.content
    assert wire.encode(wire.decode(whole.header, Header)) == whole.header
    [change] = columns.decode(batch.changes)
    assert columns.encode([change]) == batch.changes
    parts = [
        ("writer's Ed25519 key", BUDI.keys.public().sign),
        ("reader's X25519 private key", KEYS.seal),
        ("header", whole.header),
        ("info of the seal", b"teras/seal/1" + hashlib.sha256(whole.header).digest()),
        ("id of the batch", opened.id),
        ("content of the frame: a batch", opened.content),
        ("table of changes", batch.changes),
        ("body", wire.encode(change.body)),
        ("salt", change.salt),
        ("digest of salt and body", digest(change.salt, change.body)),
        ("id of the change", change_id(change)),
        ("envelope", data),
    ]
    return "\n".join(block(name, value) for name, value in parts) + "\n"


def test_the_example_is_what_the_code_makes() -> None:
    before, _, rest = page().partition(BEGIN)
    shown, _, after = rest.partition(END)
    if os.environ.get("TERAS_PIN") == "1":
        PAGE.write_text(before + BEGIN + "\n" + example() + "\n" + END + after, "utf-8")
        shown = "\n" + example() + "\n"

    assert shown == "\n" + example() + "\n"


@pytest.mark.parametrize("message", MESSAGES)
def test_every_field_of_a_message_is_named(message: type[msgspec.Struct]) -> None:
    shown = set(NAMES.findall(page())) | {"body", "extra", "id", "magic", "header", "sealed"}

    assert set(message.__struct_encode_fields__) <= shown


@pytest.mark.parametrize("words", [Kind, VerdictName])
def test_every_kind_and_verdict_is_named(words: object) -> None:
    assert set(typing.get_args(words)) <= set(NAMES.findall(page()))


def test_every_domain_of_a_signature_is_named_and_no_other() -> None:
    [told] = re.findall(r"domain being one of (.*?)\. It is kept", page(), re.DOTALL)

    assert set(NAMES.findall(told)) == set(typing.get_args(Domain))


def test_every_refusal_of_the_golden_files_is_explained() -> None:
    told = page().partition("## 11.")[2].partition("## 12.")[0]

    assert set(index().refused.values()) <= set(NAMES.findall(told))


def test_the_bounds_are_those_of_the_code() -> None:
    said = page().replace("\n", " ")

    assert f"at most {CHANGES_MAX:,} rows" in said
    assert f"at most {TEXTS_MAX}, each at most {TEXT_BYTES_MAX // 1024} KiB" in said
    assert f"longer than {SEALED_MAX >> 20} MiB" in said
    assert f"more than {frame.CONTENT_MAX >> 20} MiB" in said
    assert f"nest at most {DEPTH_MAX} deep" in said
    assert f"years at most {columns.YEAR_MAX}" in said
    assert f"2^{(columns.POSITION_MAX + 1).bit_length() - 1} − 1" in said
    assert f"up to {exchange.BATCHES_MAX} batches" in said
    assert f"{parcel.FILES_MAX:,} lines" in said


def test_the_keys_of_the_golden_city_are_made_as_the_page_says() -> None:
    made = (hashlib.sha256(b"golden city " + part).digest() for part in (b"sign", b"seal", b"root"))

    assert RegionKeys(*made) == KEYS
    assert hashlib.sha256(b"golden device Budi").digest()[:16] == BUDI.device
