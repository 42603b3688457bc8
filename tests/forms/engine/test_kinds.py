import base64
import datetime as dt
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from forms.engine import kinds
from forms.engine.answers import Scene, Value
from forms.engine.areas import Areas
from forms.engine.codes import Choice
from forms.engine.kinds import Wrong
from forms.engine.spec import KINDS, Field

EMPTY = Scene(dt.date(2026, 11, 21), "99.71.01.1001", Areas([]))
OWN = (Choice("a", "Satu"), Choice("b", "Dua; tiga"[:3]), Choice("c", "Satu, dua"))
COLUMNS = (
    Field(key="nama", kind="text", label="Nama", required=True),
    Field(key="umur", kind="number", label="Umur"),
)


def field(kind: str, **more: Any) -> Field:
    if kind in {"choice", "choices"}:
        more = {"choices": OWN, **more}
    if kind == "rows":
        more = {"column": COLUMNS, **more}
    return Field(key="isian", kind=kind, label="Isian", **more)  # type: ignore[arg-type] # any kind


def read(kind: str, raw: object, scene: Scene = EMPTY, **more: Any) -> Value:
    return kinds.reader(field(kind, **more))(raw, scene)


def wrong(kind: str, raw: object, scene: Scene = EMPTY, **more: Any) -> str:
    with pytest.raises(Wrong) as caught:
        read(kind, raw, scene, **more)
    return caught.value.code


VISIBLE = st.characters(max_codepoint=0xDFFFF, exclude_categories=("C", "Zl", "Zp"))
NAMES = st.text(VISIBLE, min_size=1, max_size=60).filter(str.strip)
LINES = st.text(VISIBLE | st.just("\n"), min_size=1, max_size=300).filter(str.strip)
DEGREES = st.integers(-11_000_000, 6_000_000)
SCAN = {"file": "ab" * 32, "size": 1, "type": "image/png", "key": "cd" * 32}
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "text": NAMES,
    "paragraph": LINES,
    "note": LINES,
    "number": st.integers(-(10**15), 10**15),
    "money": st.integers(0, 10**15),
    "date": st.dates(dt.date(1850, 1, 1), dt.date(2150, 12, 31)).map(dt.date.isoformat),
    "time": st.times().map(lambda time: f"{time:%H:%M}"),
    "yes_no": st.booleans(),
    "choice": st.sampled_from("abc"),
    "choices": st.lists(st.sampled_from("abc"), min_size=1, max_size=3),
    "nik": st.integers(1, 9999).map(lambda serial: f"997101150588{serial:04}"),
    "kk": st.integers(1, 9999).map(lambda serial: f"997101240811{serial:04}"),
    "phone": st.from_regex(r"0[0-9]{5,14}", fullmatch=True),
    "region": st.from_regex(r"[0-9]{2}\.[0-9]{2}\.[0-9]{2}\.[0-9]{4}", fullmatch=True).filter(
        str.isascii
    ),
    "person": st.one_of(
        st.binary(min_size=16, max_size=16).map(lambda raw: {"record": raw.hex()}),
        st.fixed_dictionaries({"nama": NAMES}, optional={"alamat": NAMES, "hubungan": NAMES}),
    ),
    "place": st.tuples(DEGREES, st.integers(95_000_000, 141_000_000)).map(
        lambda pair: {"lat": f"{pair[0] / 1e6:.6f}", "lon": f"{pair[1] / 1e6:.6f}"}
    ),
    "rows": st.lists(
        st.fixed_dictionaries({"nama": NAMES}, optional={"umur": st.integers(0, 99)}),
        min_size=1,
        max_size=3,
    ),
    "attachment": st.one_of(
        st.just({"seen": True}),
        st.fixed_dictionaries({"number": NAMES}),
        st.fixed_dictionaries(
            {
                "file": st.binary(min_size=32, max_size=32).map(bytes.hex),
                "size": st.integers(1, 20_000_000),
                "type": st.sampled_from(["image/jpeg", "application/pdf"]),
                "key": st.binary(min_size=32, max_size=32).map(bytes.hex),
            },
            optional={
                "preview": st.sampled_from([0, 1, 5_000, 8 * 1024]).map(
                    lambda size: base64.b64encode(bytes(size)).decode()
                )
            },
        ),
    ),
}


def test_every_kind_has_values_to_try() -> None:
    assert set(VALUES) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_what_is_shown_is_read_back_and_what_is_canonical_stays(
    kind: str, data: st.DataObject
) -> None:
    value = read(kind, data.draw(VALUES[kind]))

    assert value is not None
    assert read(kind, value) == value
    assert read(kind, kinds.show(field(kind), value)) == value


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@pytest.mark.parametrize("kind", KINDS)
@given(raw=JSON)
def test_whatever_is_given_is_read_or_refused(kind: str, raw: object) -> None:
    assume(raw is not None and raw != "")
    try:
        value = read(kind, raw)
    except Wrong:
        return

    assert value is None or read(kind, value) == value


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("text", "  Siti\u00a0Aminah ", "Siti Aminah"),
        ("text", "Jose\u0301", "Jos\u00e9"),
        ("text", "   ", None),
        ("paragraph", "satu\r\ndua\tempat\rtiga", "satu\ndua\tempat\ntiga"),
        ("number", " 12 ", 12),
        ("number", "-3", -3),
        ("money", "Rp 1.250.000", 1250000),
        ("money", "Rp. 500.000,00", 500000),
        ("money", "1500", 1500),
        ("date", "21-11-2026", "2026-11-21"),
        ("date", "1/2/2026", "2026-02-01"),
        ("date", "2024-02-29", "2024-02-29"),
        ("time", "7.30", "07:30"),
        ("yes_no", "YA", True),
        ("yes_no", "tidak", False),
        ("choice", "satu", "a"),
        ("choices", ["c", "a", "c"], ["a", "c"]),
        ("choices", "satu; dua", ["a", "b"]),
        ("choices", [], None),
        ("nik", " '9971011505880001", "9971011505880001"),
        ("phone", "+62 812-0000-0007", "081200000007"),
        ("phone", "(021) 555 0100", "0215550100"),
        ("place", {"lat": -6.2, "lon": 106.8}, {"lat": "-6.200000", "lon": "106.800000"}),
        ("place", "-6.2, 106.8", {"lat": "-6.200000", "lon": "106.800000"}),
        ("place", {"lat": "-0.0000001", "lon": "106.8"}, {"lat": "0.000000", "lon": "106.800000"}),
        ("attachment", {"seen": False}, None),
        ("person", {"nama": " Ani ", "nik": ""}, {"nama": "Ani"}),
    ],
)
def test_an_answer_has_one_canonical_form(kind: str, raw: object, value: object) -> None:
    assert read(kind, raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        ("text", 12, "not_text"),
        ("text", "a\x00b", "control_character"),
        ("text", "satu\ndua", "control_character"),
        ("text", "a\u202eb", "control_character"),
        ("text", "a\u200bb", "control_character"),
        ("text", "a\ud800b", "control_character"),
        ("text", "a" * 201, "too_long"),
        ("paragraph", "a\x1bb", "control_character"),
        ("number", True, "not_number"),
        ("number", 1.0, "not_number"),
        ("number", "\u0661", "not_number"),
        ("number", "1e3", "not_number"),
        ("number", 10**16, "too_large"),
        ("money", -1, "too_small"),
        ("money", "1.25.000", "not_number"),
        ("date", "2026-02-30", "date_impossible"),
        ("date", "20261121", "date_shape"),
        ("date", "2026-W47-6", "date_shape"),
        ("date", "0000-00-00", "date_impossible"),
        ("date", 20261121, "date_shape"),
        ("date", "0026-11-21", "date_early"),
        ("time", "24:00", "time_shape"),
        ("time", 7, "time_shape"),
        ("yes_no", 1, "not_yes_no"),
        ("choice", "z", "choice_unknown"),
        ("choice", 1, "choice_unknown"),
        ("choices", {"a": 1}, "choices_shape"),
        ("choices", ["a", "z"], "choice_unknown"),
        ("choices", ["a"] * 4, "too_many"),
        ("nik", 9971011505880001, "not_text"),
        ("kk", "99710124081100AA", "kk_digits"),
        ("phone", "12345", "phone_shape"),
        ("phone", "0812abc", "phone_shape"),
        ("region", "99.71.1", "region_shape"),
        ("region", "", "region_shape"),
        ("place", {"lat": "106.8", "lon": "-6.2"}, "place_outside"),
        ("place", {"lat": float("nan"), "lon": "106.8"}, "place_shape"),
        ("place", {"lat": "-6.2"}, "place_shape"),
        ("place", {"lat": True, "lon": 106}, "place_shape"),
        ("person", {"nik": "9971011505880001"}, "person_name"),
        ("person", {"nama": "Ani", "hobi": "catur"}, "person_part"),
        ("person", {"record": "zz"}, "person_shape"),
        ("person", {"record": "0" * 32, "nama": "Ani"}, "person_shape"),
        ("person", {"nama": "Ani", "nik": "123"}, "nik_length"),
        ("person", "Ani", "person_shape"),
        ("attachment", {"file": "a.pdf"}, "attachment_shape"),
        ("attachment", SCAN | {"file": "zz" * 32}, "attachment_shape"),
        ("attachment", SCAN | {"size": 20_000_001}, "attachment_shape"),
        ("attachment", SCAN | {"size": True}, "attachment_shape"),
        ("attachment", SCAN | {"type": "text/html"}, "attachment_shape"),
        ("attachment", SCAN | {"key": ""}, "attachment_shape"),
        ("attachment", SCAN | {"preview": "A" * 10_928}, "attachment_shape"),
        ("attachment", SCAN | {"preview": "not base64!"}, "attachment_shape"),
        ("attachment", SCAN | {"seen": True}, "attachment_shape"),
        ("attachment", {"seen": 1}, "attachment_shape"),
        ("attachment", {"seen": True, "number": "1"}, "attachment_shape"),
        ("attachment", True, "attachment_shape"),
    ],
)
def test_an_answer_of_another_shape_is_refused(kind: str, raw: object, code: str) -> None:
    assert wrong(kind, raw) == code


def test_bounds_are_the_fields_own() -> None:
    assert wrong("text", "ab", min=3) == "too_short"
    assert wrong("text", "abcd", max=3) == "too_long"
    assert wrong("number", 31, max=30) == "too_large"
    assert wrong("date", "2026-11-22", latest="today") == "date_late"
    assert read("date", "2026-11-21", latest="today") == "2026-11-21"
    assert wrong("date", "1999-12-31", earliest="2000-01-01") == "date_early"


def test_a_number_of_digits_is_filled_up_with_zeros() -> None:
    assert read("text", "3", digits=3) == "003"
    assert read("text", "003", digits=3) == "003"
    assert wrong("text", "0003", digits=3) == "digits_only"
    assert wrong("text", "3A", digits=3) == "digits_only"


def test_a_region_is_only_doubted_where_the_table_covers_its_city(scene: Scene) -> None:
    assert read("region", "99.71.01.1002", scene) == "99.71.01.1002"
    assert read("region", "31.74.05.1001", scene) == "31.74.05.1001"
    assert wrong("region", "99.71.01.1009", scene) == "region_unknown"
    assert wrong("region", "99.71.01", scene, level="kelurahan") == "region_level"


def test_a_code_lists_label_and_alias_differ_from_its_printed_word() -> None:
    kawin = Field(key="status", kind="choice", label="Status", choices="status_kawin")

    assert kinds.show(kawin, "2") == "Kawin Tercatat"
    assert kinds.reader(kawin)("kawin tercatat", EMPTY) == "2"
    assert kinds.show(kawin, None) == ""
    assert kinds.show(kawin, "77") == "77"
