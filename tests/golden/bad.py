"""Batches that the golden city refuses whole, each with its code, and nothing of it stays.

Every one would be the next batch of Rina's chain, but for the one thing that its name says.
"""

import hashlib
import sys
from typing import Any, NamedTuple, Protocol

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from sync.crypto import envelope
from sync.crypto.keys import key_id
from sync.protocol import frame, wire
from sync.protocol.batch import CHANGES_MAX, SEALED_MAX, TEXTS_MAX
from sync.protocol.header import Envelope
from tests.golden.desk import Desk
from tests.golden.taken import Story, seal
from tests.golden.town import BUDI, DEWI, GONE, KEYS, OTHER, STRANGER, Person
from tests.sync.server.conftest import NOON

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)
MANY = 0xFFFFFFFF


class Lazy(Protocol):
    """Makes an envelope when it is called."""

    def __call__(self) -> bytes: ...


class Bad(NamedTuple):
    """One batch: its bytes, and the code that refuses it."""

    name: str
    envelope: bytes
    code: str


def bad(told: Story) -> list[Bad]:
    """Make every kind, to come after the whole story."""
    last = next(
        one.envelope
        for one in reversed(told.told)
        if envelope.read(one.envelope).header.writer == told.rina.person.device
    )
    made = Spoiler(told.rina, last)
    found = [*_envelopes(made), *_places(made, told), *_frames(made)]
    found += [*_messages(made), *_tables(made), *_bombs(made)]
    return [Bad(*one) for one in found]


Made = tuple[str, bytes, str]


class Spoiler:
    """Makes the next batch of a chain, with one thing wrong."""

    def __init__(self, desk: Desk, last: bytes) -> None:
        self.desk, self.last = desk, last
        self.changes = [desk.resident("WARGA Y", rt="001"), desk.resident("WARGA Z", rt="002")]
        self.content = desk.content(self.changes)
        self.whole = seal(desk, self.content)

    def parts(self, **parts: Any) -> bytes:
        """Change parts of the envelope, signing nothing again."""
        return wire.encode(msgspec.structs.replace(wire.decode(self.whole, Envelope), **parts))

    def flipped(self, part: str, place: int) -> bytes:
        content = bytearray(getattr(wire.decode(self.whole, Envelope), part))
        content[place] ^= 1
        return self.parts(**{part: bytes(content)})

    def headed(self, sign: bytes = b"", to: bytes = b"", **header: Any) -> bytes:
        """Seal the same content under another header, for another reader, by another key."""
        return envelope.seal(
            self.content,
            self.desk.header(**header),
            sign=sign or self.desk.person.keys.sign,
            reader=to or KEYS.public().seal,
        )

    def framed(self, padded: bytes) -> bytes:
        """Seal a frame as it is."""
        head = wire.encode(self.desk.header())
        return self.closed(head, padded)

    def closed(self, head: bytes, padded: bytes) -> bytes:
        info = b"teras/seal/1" + hashlib.sha256(head).digest()
        public = X25519PublicKey.from_public_bytes(KEYS.public().seal)
        sealed = _SUITE.encrypt(padded, public, info=info)
        return signed(head, sealed, self.desk.person)

    def says(self, **parts: Any) -> bytes:
        """Seal a batch with other content; whatever MessagePack can say."""
        plain = self.desk.plain(self.changes) | parts
        return seal(self.desk, raw(plain))

    def told(self, **columns: Any) -> bytes:
        """Seal a batch with parts of its table of changes exchanged; `acts_x` is a column of it."""
        plain = msgspec.msgpack.decode(self.desk.plain(self.changes)["changes"])
        for name, value in columns.items():
            part = plain["acts"] if name.startswith("acts_") else plain
            part[name.removeprefix("acts_")] = value
        return self.says(changes=raw(plain))


def signed(head: bytes, sealed: bytes, person: Person) -> bytes:
    name = hashlib.sha256(b"teras/id/1" + head + sealed).digest()
    key = Ed25519PrivateKey.from_private_bytes(person.keys.sign)
    return wire.encode(Envelope("TRS1", head, sealed, key.sign(b"teras/signature/1" + name)))


def raw(value: Any) -> bytes:
    """Encode in the canonical form, also what has no names as keys."""
    return msgspec.msgpack.encode(_in_order(value))


def _in_order(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _in_order(value[key]) for key in sorted(value, key=str)}
    return [_in_order(one) for one in value] if isinstance(value, list) else value


def _envelopes(made: Spoiler) -> list[Made]:
    whole = made.whole
    stolen = wire.decode(whole, Envelope).sealed
    as_budi = wire.encode(made.desk.header(writer=BUDI.device))
    return [
        ("cut_to_nothing", b"", "envelope_malformed"),
        ("cut_in_half", whole[: len(whole) // 2], "envelope_malformed"),
        ("cut_by_a_byte", whole[:-1], "envelope_malformed"),
        ("a_byte_more", whole + b"\0", "envelope_malformed"),
        ("two_in_one", whole + whole, "envelope_malformed"),
        ("wrong_magic", made.parts(magic="TRS9"), "envelope_malformed"),
        ("header_no_header", made.parts(header=b"\xc0"), "envelope_malformed"),
        ("header_flipped", made.flipped("header", -5), "signature_wrong"),
        ("sealed_flipped", made.flipped("sealed", 100), "signature_wrong"),
        ("signature_flipped", made.flipped("signature", 7), "signature_wrong"),
        ("signature_short", made.parts(signature=b"s" * 63), "signature_wrong"),
        ("unknown_suite", made.headed(suite=9), "envelope_version"),
        ("unknown_dictionary", made.headed(dictionary=1), "envelope_version"),
        ("unknown_kind", _kind(made, "letter"), "envelope_malformed"),
        ("wrong_kind", made.headed(kind="ask"), "envelope_kind"),
        (
            "other_citys_batch",
            made.headed(to=OTHER.public().seal, reader=key_id(OTHER.public().seal)),
            "key_gone",
        ),
        ("sealed_to_another", made.headed(to=OTHER.public().seal), "seal_wrong"),
        ("foreign_device", _of(made, STRANGER), "device_unknown"),
        ("revoked_device", _of(made, GONE), "device_revoked"),
        ("signed_by_another", made.headed(sign=STRANGER.keys.sign), "signature_wrong"),
        ("signed_by_a_colleague", made.headed(sign=BUDI.keys.sign), "signature_wrong"),
        ("taken_for_ones_own", signed(as_budi, stolen, BUDI), "seal_wrong"),
    ]


def _kind(made: Spoiler, kind: str) -> bytes:
    plain = msgspec.msgpack.decode(wire.encode(made.desk.header()))
    return made.parts(header=raw([kind, *plain[1:]]))


def _of(made: Spoiler, person: Person) -> bytes:
    desk = Desk(person)
    return seal(desk, desk.content(made.changes))


def _places(made: Spoiler, told: Story) -> list[Made]:
    desk = made.desk
    other = Desk(DEWI)
    return [
        ("seq_of_another_header", seal(desk, made.content, seq=desk.batches + 2), "batch_header"),
        ("incarnation_of_another_header", made.headed(incarnation=b"i" * 8), "batch_header"),
        ("device_of_another_header", made.says(device=BUDI.device), "batch_header"),
        ("content_of_another_office", seal(other, made.content), "batch_header"),
        ("a_gap", _at(made, desk.batches + 2, desk.prev), "batch_gap"),
        ("before_the_first", _at(made, 0, bytes(32)), "batch_gap"),
        ("a_fork_at_the_end", _at(made, desk.batches + 1, b"p" * 32), "batch_fork"),
        ("a_fork_in_the_past", _at(made, 2, bytes(32)), "batch_fork"),
    ]


def _at(made: Spoiler, seq: int, prev: bytes) -> bytes:
    return seal(made.desk, made.desk.content(made.changes, seq=seq), seq=seq, prev=prev)


def _frames(made: Spoiler) -> list[Made]:
    packed = zstd.compress(made.content, level=3)
    length, size = len(packed).to_bytes(4, "big"), len(frame.pack(made.content, 3))
    whole = (length + packed).ljust(size, b"\0")
    window = bytes.fromhex("28b52ffd00a8010000")  # a frame that asks for a window of 2 GiB
    frames: tuple[tuple[str, bytes, str], ...] = (
        ("frame_of_three_bytes", b"\0\0\1", "frame_malformed"),
        ("frame_longer_than_said", _padded(packed + b"\1", len(packed)), "frame_malformed"),
        ("frame_shorter_than_said", b"\0\1\0\0" + whole[4:], "frame_malformed"),
        ("frame_padded_too_far", whole + bytes(256), "frame_malformed"),
        ("frame_not_padded", length + packed, "frame_malformed"),
        ("frame_padded_with_ones", whole[:-1] + b"\1", "frame_malformed"),
        ("frame_of_no_zstd", _padded(b"x" * 100), "frame_malformed"),
        ("frame_of_two", _padded(packed + packed), "frame_malformed"),
        ("frame_cut", _padded(packed[:-5]), "frame_malformed"),
        ("frame_of_a_huge_window", _padded(window), "frame_malformed"),
        ("frame_bomb", _padded(_zeros(frame.CONTENT_MAX + 1)), "frame_too_large"),
        ("frame_bomb_of_a_gigabyte", _padded(_zeros(1 << 30)), "frame_too_large"),
    )
    return [(name, made.framed(data), code) for name, data, code in frames]


def _padded(packed: bytes, length: int | None = None) -> bytes:
    plain = (len(packed) if length is None else length).to_bytes(4, "big") + packed
    return plain.ljust(frame.padded_size(len(plain)), b"\0")


def _zeros(count: int) -> bytes:
    """Compress so many zeros without holding them."""
    compressor = zstd.ZstdCompressor(level=1)
    block = bytes(1 << 20)
    parts = [compressor.compress(block) for _ in range(count >> 20)]
    return b"".join([*parts, compressor.compress(bytes(count & 0xFFFFF)), compressor.flush()])


def _messages(made: Spoiler) -> list[Made]:
    desk, plain = made.desk, made.desk.plain(made.changes)
    without = {key: value for key, value in plain.items() if key != "clock"}
    double = b"\x8a" + raw(plain)[1:] + raw("seq") + raw(desk.batches + 1)
    invalid = raw(plain | {"texts": {"x": "~~~~"}}).replace(b"~~~~", b"\xff\xfe\xfd\xfc")
    contents: tuple[tuple[str, bytes], ...] = (
        ("no_messagepack", b"\xc1" * 50),
        ("nothing_inside", b""),
        ("an_array_for_a_map", raw([1, 2, 3])),
        ("trailing_bytes", raw(plain) + b"\0"),
        ("cut_inside", raw(plain)[:-3]),
        ("missing_field", raw(without)),
        ("wrong_type", raw(plain | {"seq": "seven"})),
        ("duplicate_key", double),
        ("invalid_utf8", invalid),
        ("nested_arrays", b"\x91" * 200_000),
        ("nested_maps", b"\x81\xa1x" * 100_000),
        ("array_of_four_billion", b"\xdd" + MANY.to_bytes(4, "big")),
        ("map_of_four_billion", b"\xdf" + MANY.to_bytes(4, "big")),
        ("bytes_of_four_billion", b"\xc6" + MANY.to_bytes(4, "big")),
        ("text_of_four_billion", b"\xdb" + MANY.to_bytes(4, "big")),
    )
    return [(name, seal(desk, content), "message_malformed") for name, content in contents] + [
        (
            "too_many_texts",
            made.says(texts={f"{n:064}": "" for n in range(TEXTS_MAX + 1)}),
            "batch_too_many",
        )
    ]


def _tables(made: Spoiler) -> list[Made]:
    two = {"form": ["residents/resident", 1]}
    device = made.desk.person.device
    plain = msgspec.msgpack.decode(made.desk.plain(made.changes)["changes"])
    no_seq = {key: value for key, value in plain["acts"].items() if key != "seq"}
    double = raw(plain)
    double = bytes([double[0] + 1]) + double[1:] + raw("rows") + raw(2)
    long = raw(plain).replace(b"\xa4rows\x02", b"\xa4rows\xcc\x02")
    invalid = raw(plain).replace(b"WARGA Y", b"WARGA \xff")
    spoiled: tuple[tuple[str, Lazy], ...] = (
        ("rows_negative", lambda: made.told(rows=-1)),
        ("rows_no_number", lambda: made.told(rows="two")),
        ("rows_more_than_columns", lambda: made.told(rows=3)),
        ("column_missing", lambda: made.told(acts=no_seq)),
        ("column_too_short", lambda: made.told(acts_seq=["*", [1]])),
        ("column_too_long", lambda: made.told(acts_salt=["b", 12, b"s" * 36])),
        ("column_of_another_type", lambda: made.told(acts_device=["=", "text"])),
        ("column_of_an_unknown_tag", lambda: made.told(acts_seq=["~", 1])),
        ("column_of_no_width", lambda: made.told(acts_salt=["b", 0, b"s" * 24])),
        ("column_index_outside", lambda: made.told(acts_device=["d", [device], b"\0\1"])),
        ("column_bitmap_too_long", lambda: made.told(acts_reason=["?", b"\1\0", ["=", "x"]])),
        ("column_date_outside", lambda: made.told(acts_state=["t", 1 << 40, [0]])),
        ("column_overflows", lambda: made.told(acts_seq=["+", 1 << 63, [1 << 63]])),
        ("distance_forward", lambda: made.told(acts_record=["*", [b"", 2]])),
        ("base_no_map", lambda: made.told(acts_base=["=", [["nama", b"x"]]])),
        ("number_too_short", lambda: made.told(acts_number=["=", ["surat", 2026]])),
        ("number_out_of_range", lambda: made.told(acts_number=["=", ["surat", 2026, 1 << 63, ""]])),
        ("number_below_zero", lambda: made.told(acts_number=["=", ["surat", 2026, -1, "x"]])),
        ("year_out_of_range", lambda: made.told(acts_number=["=", ["surat", 1 << 40, 1, "x"]])),
        ("form_missing", lambda: made.told(table=["=", 7])),
        ("answers_keys_no_names", lambda: made.told(tables=[two | {"answers": ["=", {7: 1}]}])),
        ("answers_no_map", lambda: made.told(tables=[two | {"answers": ["=", "text"]}])),
    )
    found = [(name, make(), "column_malformed") for name, make in spoiled]
    found += [
        ("table_duplicate_key", made.says(changes=double), "message_malformed"),
        ("table_invalid_utf8", made.says(changes=invalid), "message_malformed"),
        ("table_long_integer", made.says(changes=long), "message_malformed"),
        ("table_too_long", made.says(changes=raw([None] * (SEALED_MAX + 1))), "frame_too_large"),
        ("table_empty", made.says(changes=b""), "message_malformed"),
    ]
    return [*found, ("too_many_changes", made.told(rows=CHANGES_MAX + 1), "batch_too_many")]


def _bombs(made: Spoiler) -> list[Made]:
    """Small tables that would grow beyond measure, or down beyond every stack."""
    column: Any = ["=", "x"]
    for _ in range(400):
        column = ["?", b"\3", column]
    deep: Any = 1
    for _ in range(400):
        deep = [deep]
    long = "x" * 1_000_000
    many = {
        "rows": CHANGES_MAX,
        "acts_seq": ["*", list(range(1, 1 + CHANGES_MAX))],
        "acts_time": ["=", NOON],
        "acts_salt": ["=", b"s" * 12],
    }
    form = {"form": ["residents/resident", 1]}
    wide = {f"f{n}": ["=", 1] for n in range(20_000)}
    spoiled: tuple[tuple[str, dict[str, Any]], ...] = (
        ("column_within_column", {"acts_reason": column}),
        ("answers_within_answers", {"tables": [form | {"answers": ["=", {"nama": deep}]}]}),
        (
            "one_value_for_a_thousand",
            many | {"tables": [form | {"answers": ["=", {"nama": long}]}]},
        ),
        ("twenty_thousand_columns", many | {"tables": [form | {"answers": ["m", wide]}]}),
    )
    return [(name, made.told(**parts), "column_malformed") for name, parts in spoiled]
