import datetime as dt
from pathlib import Path

import pytest

from forms.engine.problem import Refused
from forms.engine.region import Office, Region, Unsent
from forms.engine.spec import Validity

REGIONS = Path(__file__).parents[3] / "resources" / "regions"
FILES = sorted(REGIONS.glob("*.toml"))
SAMPLE = REGIONS / "kota_contoh.toml"


def office(kind: str, area: str, name: str = "Kantor Contoh") -> Office:
    return Office(b"\0" * 16, "contoh", kind, name, area)


@pytest.fixture
def region() -> Region:
    return Region.read(SAMPLE)


@pytest.fixture
def pack(region: Region) -> dict[str, bytes]:
    return region.pack()


def refused_by(pack: dict[str, bytes]) -> list[tuple[str, int | None]]:
    with pytest.raises(Refused) as refused:
        Region.from_pack(pack)
    return [(problem.code, problem.row) for problem in refused.value.problems]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_shipped_region_travels_as_a_pack_and_stays_the_same(path: Path) -> None:
    region = Region.read(path)

    again = Region.from_pack(region.pack())

    assert again.pack() == region.pack()
    assert (again.code, again.name) == (region.code, region.name)
    assert region.areas.knows(region.code)


def test_there_are_two_regions_and_neither_is_in_the_code() -> None:
    first, second = (Region.read(path) for path in FILES)

    assert first.code != second.code
    assert first.numbers != second.numbers
    assert first.offset_minutes != second.offset_minutes


def test_the_shipped_city_has_its_thirteen_kecamatan_and_104_kelurahan() -> None:
    region = Region.read(REGIONS / "kota_tangerang.toml")
    levels = [area.level for area in region.areas]

    assert (levels.count("kecamatan"), levels.count("kelurahan")) == (13, 104)
    assert region.number_text(7, 2026, 11, "400.12.2.1", "KEL-CKL") == (
        "400.12.2.1/007/KEL-CKL/XI/2026"
    )


def test_a_number_is_written_by_the_regions_own_pattern(region: Region) -> None:
    assert region.number_text(12345, 2027, 2, "500.3", "KEL") == "12345/500.3/KEL/2/2027"


def test_a_field_unit_has_its_mark_in_every_number(pack: dict[str, bytes]) -> None:
    def text(pattern: bytes, kind: str) -> str:
        raw = pack["region.toml"]
        line = next(one for one in raw.splitlines() if one.startswith(b"pattern"))
        region = Region.from_pack(pack | {"region.toml": raw.replace(line, pattern)})
        return region.number_text(7, 2026, 11, "500.3", "MK-1", kind=kind)

    bare = b'pattern = "{no}/{kode}/{tahun}"'
    assert text(bare, "kelurahan") == "7/500.3/2026"
    assert text(bare, "field") == "7/500.3/2026/MK-1"
    assert text(b'pattern = "{no}/{unit}/{kode}/{tahun}"', "field") == "7/MK-1/500.3/2026"


def test_no_two_letters_of_one_series_have_one_code_for_nothing(pack: dict[str, bytes]) -> None:
    def series(kind: str, service: str, code: str) -> str:
        text = pack["region.toml"].replace(b'series = "one"', f'series = "{kind}"'.encode())
        return Region.from_pack({**pack, "region.toml": text}).series(service, code)

    usaha, other = "letters/surat_keterangan_usaha", "letters/surat_lain"

    assert (series("one", usaha, "1"), series("one", other, "2")) == ("surat", "surat")
    assert series("per_service", usaha, "1") == "surat_keterangan_usaha"
    # A region's own code is the series too: equal codes are counted together.
    assert series("per_code", usaha, "500.2.2.4") == "500.3"
    assert series("per_code", other, "500.3") == "500.3"


def test_series_by_code_need_the_code_in_the_number(pack: dict[str, bytes]) -> None:
    text = pack["region.toml"].replace(b'series = "one"', b'series = "per_code"')
    without = text.replace(b"/{kode}/", b"/")

    assert refused_by({**pack, "region.toml": without})[0][0] == "number_pattern"


def test_a_region_may_say_who_signs_and_how_long_it_takes(pack: dict[str, bytes]) -> None:
    more = b'\n[signers]\n"a/b" = ["kepala"]\n\n[standard_minutes]\n"a/b" = 15\n'
    region = Region.from_pack({**pack, "region.toml": pack["region.toml"] + more})

    assert region.signers("a/b", ("kepala", "kasi")) == ("kepala",)
    assert region.signers("a/c", ("kepala", "kasi")) == ("kepala", "kasi")
    assert (region.standard_minutes("a/b", 60), region.standard_minutes("a/c", 60)) == (15, 60)


def test_a_region_may_say_how_long_work_may_wait_for_the_city(pack: dict[str, bytes]) -> None:
    def with_(said: bytes) -> dict[str, bytes]:
        return {**pack, "region.toml": pack["region.toml"] + b"\n[unsent]\n" + said + b"\n"}

    assert Region.from_pack(pack).unsent == Unsent(late_days=1, urgent_days=3, stuck_hours=4)
    field = Region.from_pack(with_(b"late_days = 7\nurgent_days = 14")).unsent
    assert (field.late_days, field.urgent_days) == (7, 14)
    for wrong in (b"late_days = 0", b"late_days = 9", b"urgent_days = 31", b"stuck_hours = 0"):
        assert refused_by(with_(wrong))[0][0] == "unsent_bounds"


def test_a_letterhead_is_filled_from_the_offices_area(region: Region) -> None:
    kelurahan = region.head_lines(office("kelurahan", "99.71.01.1002"))
    school = region.head_lines(office("school", "99.71.01.1002", "SMP Negeri Contoh"))
    lost = region.head_lines(office("kelurahan", "99.71"))

    assert kelurahan == ("PEMERINTAH KOTA CONTOH", "DISTRIK TELADAN", "KELURAHAN SUKARUKUN")
    assert school == ("PEMERINTAH KOTA CONTOH", "SMP NEGERI CONTOH")
    assert lost == ("PEMERINTAH KOTA CONTOH",)


def test_a_region_may_have_its_own_codes_and_validity(region: Region) -> None:
    assert region.classification("letters/surat_keterangan_usaha", "500.2.2.4") == "500.3"
    assert region.classification("letters/other", "100") == "100"
    assert region.validity("letters/surat_keterangan_domisili", Validity()).months == 12
    assert region.offers("letters/surat_keterangan_usaha")


def test_a_service_can_be_switched_off(pack: dict[str, bytes]) -> None:
    pack["region.toml"] += b'\n[services]\noff = ["letters/surat_keterangan_usaha"]\n'

    assert not Region.from_pack(pack).offers("letters/surat_keterangan_usaha")


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ('place = "Contoh"', 'palce = "Contoh"', "toml_unknown_key", 5),
        ('"WITA"', '"CET"', "toml_value", 6),
        ('code = "99.71"', 'code = "98.71"', "region_unknown", 3),
        ('name = "Kota Contoh"', 'name = " "', "text_missing", 4),
        ('accent = "#1b7a4b"', 'accent = "green"', "colour", 27),
        ("block = 500", "block = 0", "number_block", 32),
        ("{no:04}", "{no:04", "number_pattern", 31),
        ("{no:04}", "{no!r}", "number_pattern", 31),
        ("{no:04}", "{no.__class__}", "number_pattern", 31),
        ("{no:04}", "{no:99999999}", "number_pattern", 31),
        ("/{tahun}", "", "number_pattern", 31),
        ('"Distrik {kecamatan}"]', '"{kecamatan.name}"]', "letterhead_line", 13),
        ("default = [", "biasa = [", "letterhead_default", 10),
        ("accent =", "# accent =", "colour", 26),
    ],
)
def test_a_region_file_that_makes_no_sense_is_refused_with_its_line(
    pack: dict[str, bytes], old: str, new: str, code: str, line: int
) -> None:
    text = pack["region.toml"].decode()
    assert old in text
    pack["region.toml"] = text.replace(old, new).encode()

    assert refused_by(pack) == [(code, line)]


def test_a_series_per_service_needs_the_code_in_the_number(pack: dict[str, bytes]) -> None:
    text = pack["region.toml"].decode().replace('"one"', '"per_service"').replace("{kode}/", "")
    pack["region.toml"] = text.encode()

    assert [code for code, _ in refused_by(pack)] == ["number_pattern"]


def test_a_pack_that_is_not_whole_is_refused(pack: dict[str, bytes]) -> None:
    assert refused_by({"region.toml": pack["region.toml"]}) == [("file_missing", None)]
    assert refused_by({**pack, "logo.svg": b"\x89PNG"}) == [("logo_svg", None)]
    assert refused_by({**pack, "wilayah.csv": b"\xff\xfe"}) == [("file_encoding", None)]
    assert refused_by({**pack, "wilayah.csv": b"x"}) == [("area_header", 1)]
    assert refused_by({**pack, "region.toml": b"name = "})[0][0] == "toml_syntax"
    assert refused_by({**pack, "logo.svg": b" " * 8_000_001}) == [("file_large", None)]


def test_a_region_without_an_emblem_or_a_list_of_codes_is_one_all_the_same(
    pack: dict[str, bytes],
) -> None:
    del pack["logo.svg"], pack["classification.csv"]
    head, _, _ = pack["region.toml"].partition(b"[codes]")
    region = Region.from_pack(pack | {"region.toml": head})

    assert region.logo == b""
    assert len(region.codes) == 0
    assert refused_by(pack)[0][0] == "codes_source"


def test_a_code_of_the_list_has_its_title(region: Region) -> None:
    assert region.codes.title("400.12.2.1") == "Identitas Penduduk"
    assert region.codes.title("999") == ""


def test_a_region_without_its_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "kota.toml").write_bytes(SAMPLE.read_bytes())

    with pytest.raises(Refused) as refused:
        Region.read(tmp_path / "kota.toml")

    assert [problem.code for problem in refused.value.problems] == ["file_missing"]


@pytest.mark.parametrize(
    ("validity", "until"),
    [
        (Validity(), None),
        (Validity(days=14), dt.date(2027, 2, 14)),
        (Validity(months=1), dt.date(2027, 2, 28)),
        (Validity(months=6), dt.date(2027, 7, 31)),
        (Validity(years=1, days=1), dt.date(2028, 2, 1)),
    ],
)
def test_a_letter_holds_until_its_last_day(validity: Validity, until: dt.date | None) -> None:
    assert validity.until(dt.date(2027, 1, 31)) == until
