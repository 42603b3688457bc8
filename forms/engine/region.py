"""One adopting region: everything that differs from city to city, as data.

    resources/regions/<region>.toml           name, letterhead, terms, colours, numbers, services
    resources/regions/<region>/wilayah.csv    its areas: kode,nama,tingkat
    resources/regions/<region>/logo.svg       its emblem; letters print without it
    resources/regions/<region>/classification.csv    codes of letters: kode,judul; may be left out

A region travels to the desks as a pack of these files, the first one named region.toml; the bytes
are kept as they came.
"""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from forms.engine import region_hours, region_queue
from forms.engine.areas import Areas
from forms.engine.problem import Problem, Refused
from forms.engine.region_codes import Codes
from forms.engine.region_hours import Hours, HoursSpec
from forms.engine.region_queue import Plan, QueueSpec
from forms.engine.source import Source
from forms.engine.spec import Signer, Spec, Validity

FILES = ("region.toml", "wilayah.csv")
LOGO = "logo.svg"
CODES = "classification.csv"
KEPT_MAX = 4  # regions that a program has open at once: its own, and one that is looked at
FILE_MAX = 8_000_000  # All 84,000 areas of the country take 3 MB.
ZONES = {"WIB": 420, "WITA": 480, "WIT": 540}  # minutes ahead of UTC; no summer time
ONE_SERIES = "surat"
FIELD = "field"  # the kind of an office on wheels
BLOCK_MAX = 5000  # Numbers that a lost laptop may take with it.
UNSENT_MAX = 30  # days; whoever waits longer without a word has lost a month's work with a laptop
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
_TOKEN = re.compile(r"\{([^{}]*)\}")
_NUMBER_TOKEN = re.compile(r"kode|no(:0[2-6])?|unit|bulan|bulan_romawi|tahun")
_HEAD_TOKENS = frozenset({"region", "kota", "kecamatan", "kelurahan", "office"})
_COLOUR = re.compile(r"#[0-9a-f]{6}")

T = TypeVar("T")


class Office(msgspec.Struct, frozen=True):
    """A kelurahan, puskesmas, school, ...; `area` and `catchment` are dotted codes."""

    id: bytes
    code: str
    kind: str
    name: str
    area: str
    catchment: tuple[str, ...] = ()
    address: str = ""
    phone: str = ""
    email: str = ""
    postcode: str = ""


class Numbers(Spec, frozen=True):
    """How letters are numbered: series, the number's pattern, how many a desk leases at once.

    Letters are counted each kind for itself, by classification code, or all in one. Kinds that
    share a code need `per_code` or `one`: counted apart they would bear the same number text.
    """

    pattern: str
    series: Literal["per_service", "per_code", "one"] = "per_service"
    block: int = 500


class Services(Spec, frozen=True):
    """Services that this region does not offer; all others are on."""

    off: tuple[str, ...] = ()


class CodesSpec(Spec, frozen=True):
    """Whence the list of classification codes is; a sample is known not to be whole."""

    source: str
    sample: bool = False


class Live(Spec, frozen=True):
    """The region's live room: its name, and which tiles come first, in this order."""

    title: str = ""
    order: tuple[str, ...] = ()


class Unsent(Spec, frozen=True):
    """How long work may wait for the city before the desk says so, then urgently.

    `stuck_hours` is for work that waits though there is a network.
    """

    late_days: int = 1
    urgent_days: int = 3
    stuck_hours: int = 4


class RegionSpec(Spec, frozen=True):
    """A region file; `place` stands before the date of a letter, `source` says whence the areas.

    In one for `practice` everything is invented, and all that is printed says so. `server` is where
    new laptops find the city's.
    """

    code: str
    name: str
    place: str
    source: str
    time_zone: Literal["WIB", "WITA", "WIT"]
    letterhead: dict[str, tuple[str, ...]]
    terms: dict[str, str]
    colours: dict[str, str]
    numbers: Numbers
    paper: Literal["f4", "a4"] = "f4"
    classification: dict[str, str] = msgspec.field(default_factory=dict)
    codes: CodesSpec | None = None
    hours: HoursSpec | None = None
    validity: dict[str, Validity] = msgspec.field(default_factory=dict)
    signers: dict[str, tuple[Signer, ...]] = msgspec.field(default_factory=dict)
    standard_minutes: dict[str, int] = msgspec.field(default_factory=dict)
    services: Services = Services()
    live: Live = Live()
    practice: bool = False
    queue: QueueSpec | None = None
    server: str = ""
    unsent: Unsent = Unsent()


class Region:
    """A region that was read and judged."""

    def __init__(
        self, spec: RegionSpec, areas: Areas, codes: Codes, pack: Mapping[str, bytes]
    ) -> None:
        self.code = spec.code
        self.name = spec.name
        self.place = spec.place
        self.time_zone = spec.time_zone
        self.offset_minutes = ZONES[spec.time_zone]
        self.paper = spec.paper
        self.letterhead: Mapping[str, tuple[str, ...]] = spec.letterhead
        self.terms: Mapping[str, str] = spec.terms
        self.colours: Mapping[str, str] = spec.colours
        self.numbers = spec.numbers
        self.live = spec.live
        self.practice = spec.practice
        self.unsent = spec.unsent
        self.areas = areas
        self.codes = codes
        self._spec = spec
        self._pack = dict(pack)
        self._hours: dict[str, Hours] = {}  # a report asks for them with every letter

    @classmethod
    def read(cls, path: Path) -> "Region":
        """Read a region file and the folder of its name beside it; Refused with all problems."""
        folder = path.with_suffix("")
        files = {"region.toml": path, **{n: folder / n for n in (*FILES[1:], LOGO, CODES)}}
        pack = {}
        for name, file in files.items():
            try:
                pack[name] = file.read_bytes()
            except OSError:
                if name in FILES:
                    raise Refused(Problem("file_missing", facts={"file": str(file)})) from None
        return cls.from_pack(pack)

    @classmethod
    def from_pack(cls, pack: Mapping[str, bytes]) -> "Region":
        """Read a region from its files' bytes; Refused with all problems."""
        region, problems = _surveyed(tuple(sorted(pack.items())))
        if region is None:
            raise Refused(*problems)
        return region

    def pack(self) -> dict[str, bytes]:
        """Give the region's files as they came."""
        return dict(self._pack)

    @property
    def logo(self) -> bytes:
        """The region's emblem as SVG; empty where it has none."""
        return self._pack.get(LOGO, b"")

    def offers(self, service: str) -> bool:
        """Tell whether a service is on in this region."""
        return service not in self._spec.services.off

    def classification(self, service: str, default: str) -> str:
        """Give the classification code of a letter here."""
        return self._spec.classification.get(service, default)

    @property
    def codes_are_whole(self) -> bool:
        """Whether a code that isn't in the list is no code of this region."""
        return self._spec.codes is not None and not self._spec.codes.sample

    @property
    def hours_are_confirmed(self) -> bool:
        """Whether the region says where its offices' hours are published."""
        return self._spec.hours is not None and not self._spec.hours.unconfirmed

    def hours(self, kind: str) -> Hours:
        """Give when offices of a kind work here."""
        if kind not in self._hours:
            self._hours[kind] = region_hours.of_kind(self._spec.hours, kind)
        return self._hours[kind]

    def queue(self, kind: str) -> Plan:
        """Give the waiting room of offices of a kind here."""
        return region_queue.of_kind(self._spec.queue, kind)

    def validity(self, service: str, default: Validity) -> Validity:
        """Give how long a letter holds here."""
        return self._spec.validity.get(service, default)

    def signers(self, service: str, default: tuple[Signer, ...]) -> tuple[Signer, ...]:
        """List who may sign a letter here."""
        return self._spec.signers.get(service, default)

    def standard_minutes(self, service: str, default: int) -> int:
        """Give the published time of a service here, in minutes of work; 0 where there is none."""
        return self._spec.standard_minutes.get(service, default)

    def series(self, service: str, classification: str) -> str:
        """Name the series that counts a letter here; `classification` is the form's own.

        No two letters of one office and year bear the same number text: numbers of one series are
        different, and series by code differ in the code, which the text then holds.
        """
        if self.numbers.series == "one":
            return ONE_SERIES
        if self.numbers.series == "per_code":
            return self.classification(service, classification)
        return service.rpartition("/")[2]

    def number_text(
        self, n: int, year: int, month: int, code: str, unit: str, *, kind: str = ""
    ) -> str:
        """Write a letter's number by the region's pattern.

        A field unit, an office of that `kind`, writes letters beside a counter and counts for
        itself: its mark stands in the number even where the pattern has none.
        """
        text = self.numbers.pattern.format(
            no=n, tahun=year, bulan=month, bulan_romawi=_ROMAN[month - 1], kode=code, unit=unit
        )
        return f"{text}/{unit}" if kind == FIELD and not self._shows_unit else text

    @property
    def _shows_unit(self) -> bool:
        return "unit" in _TOKEN.findall(self.numbers.pattern)

    def head_lines(self, office: Office) -> tuple[str, ...]:
        """Write the lines of an office's letterhead, the largest last.

        A line that names an area which the office doesn't lie in is left out.
        """
        chain = list(self.areas.parents(office.area))
        if self.areas.knows(office.area):
            chain.insert(0, self.areas.area(office.area))
        names = {"region": self.name, "office": office.name} | {a.level: a.name for a in chain}
        lines = self.letterhead.get(office.kind, self.letterhead["default"])
        return tuple(
            line.format_map(names).upper()
            for line in lines
            if all(token in names for token in _TOKEN.findall(line))
        )


@lru_cache(KEPT_MAX)
def _surveyed(
    files: tuple[tuple[str, bytes], ...],
) -> tuple[Region | None, tuple[Problem, ...]]:
    """A desk opens its store anew after every lock, and a region's list of areas is long."""
    return survey(dict(files))


def survey(pack: Mapping[str, bytes]) -> tuple[Region | None, tuple[Problem, ...]]:
    """Read a region's files and give all that is wrong with them; no region with problems."""
    problems = [Problem("file_missing", facts={"file": f}) for f in FILES if f not in pack]
    problems += [
        Problem("file_large", facts={"file": name})
        for name, raw in pack.items()
        if len(raw) > FILE_MAX
    ]
    if problems:
        return None, tuple(problems)
    source = Source("region.toml", pack["region.toml"])
    spec = None if source.problems else source.convert(source.data, RegionSpec)
    if spec:
        _judge(source, spec)
    areas = _listed(source, pack, "wilayah.csv", Areas.read)
    codes = _listed(source, pack, CODES, Codes.read) if CODES in pack else None
    if areas and spec and not areas.knows(spec.code):
        source.add("region_unknown", ("code",), region=spec.code)
    if spec and (spec.codes is None) != (CODES not in pack):
        source.add("codes_source", ("codes",))
    if LOGO in pack and b"<svg" not in pack[LOGO][:2000]:
        source.problems.append(Problem("logo_svg", facts={"file": LOGO}))
    if source.problems or spec is None or areas is None:
        return None, tuple(source.problems)
    return Region(spec, areas, codes or Codes({}), pack), ()


def _listed(
    source: Source, pack: Mapping[str, bytes], file: str, read: Callable[[str, str], T]
) -> T | None:
    """Read one of the tables beside the region file; what is wrong is the source's problem."""
    try:
        return read(pack[file].decode("utf-8-sig"), file)
    except UnicodeDecodeError:
        source.problems.append(Problem("file_encoding", facts={"file": file}))
    except Refused as refused:
        source.problems += refused.problems
    return None


def _judge(source: Source, spec: RegionSpec) -> None:
    for key in ("name", "place", "source"):
        if not getattr(spec, key).strip():
            source.add("text_missing", (key,), key=key)
    if spec.server and not spec.server.startswith("https://"):
        source.add("region_server", ("server",))
    if "default" not in spec.letterhead:
        source.add("letterhead_default", ("letterhead",))
    for kind, lines in spec.letterhead.items():
        strays = {token for line in lines for token in _TOKEN.findall(line)} - _HEAD_TOKENS
        if strays or not lines or _has_stray_brace(lines):
            source.add("letterhead_line", ("letterhead", kind), kind=kind)
    _judge_colours(source, spec.colours)
    if spec.hours is not None:
        region_hours.judge(source, spec.hours)
    if spec.queue is not None:
        region_queue.judge(source, spec.queue)
    if spec.codes is not None and not spec.codes.source.strip():
        source.add("text_missing", ("codes", "source"), key="source")
    _judge_unsent(source, spec.unsent)
    _judge_numbers(source, spec)


def _judge_colours(source: Source, colours: dict[str, str]) -> None:
    for name, colour in colours.items():
        if not _COLOUR.fullmatch(colour):
            source.add("colour", ("colours", name), name=name)
    if "accent" not in colours:
        source.add("colour", ("colours",), name="accent")


def _judge_unsent(source: Source, waits: Unsent) -> None:
    if not 1 <= waits.late_days <= waits.urgent_days <= UNSENT_MAX or not (
        1 <= waits.stuck_hours <= UNSENT_MAX * 24
    ):
        source.add("unsent_bounds", ("unsent",), max=str(UNSENT_MAX))


def _judge_numbers(source: Source, spec: RegionSpec) -> None:
    tokens = _TOKEN.findall(spec.numbers.pattern)
    whole = all(_NUMBER_TOKEN.fullmatch(token) for token in tokens)
    needed = {"no", "tahun"} | ({"kode"} if spec.numbers.series != "one" else set())
    if (
        not whole
        or _has_stray_brace((spec.numbers.pattern,))
        or not needed <= {token.partition(":")[0] for token in tokens}
    ):
        source.add("number_pattern", ("numbers", "pattern"), pattern=spec.numbers.pattern)
    if not 1 <= spec.numbers.block <= BLOCK_MAX:
        source.add("number_block", ("numbers", "block"), max=str(BLOCK_MAX))


def _has_stray_brace(lines: tuple[str, ...]) -> bool:
    return any("{" in rest or "}" in rest for rest in (_TOKEN.sub("", line) for line in lines))
