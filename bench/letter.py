"""Every letter to PDF and to the screen's preview: first in a process, then warm.

    .venv/bin/python bench/letter.py [RUNS]

Prints p50, p95 and p99 in milliseconds, and bytes of the PDF. Budget: PDF p95 <= 300 ms, preview
<= 1 s.
"""

import datetime as dt
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from forms.engine import catalogue, example
from forms.engine.answers import Scene
from forms.engine.check import check
from forms.engine.region import Office, Region
from forms.paper import letter
from forms.paper.head import Signatory

ROOT = Path(__file__).resolve().parents[1]
QR = "TERAS1:" + "0123456789ABCDEF" * 30  # as long as a real one


def timed(work: Callable[[], object], runs: int) -> list[float]:
    """Milliseconds of each run, shortest first."""
    times = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        times.append((time.perf_counter() - begun) * 1e3)
    return sorted(times)


def row(name: str, times: Sequence[float], extra: str = "") -> None:
    """Print one row."""
    p50, p95, p99 = (times[min(len(times) - 1, int(len(times) * p))] for p in (0.5, 0.95, 0.99))
    print(f"{name:<52} p50 {p50:>7.1f}  p95 {p95:>7.1f}  p99 {p99:>7.1f} ms {extra}")


def main(arguments: Sequence[str]) -> None:
    """Measure all letters of the catalogue."""
    runs = int(arguments[0]) if arguments else 100
    region = Region.read(ROOT / "resources" / "regions" / "kota_contoh.toml")
    area = region.areas.first(region.code, "kelurahan")
    office = Office(b"o" * 16, "KEL-1", "kelurahan", "Kelurahan Satu", area, (area,))
    scene = Scene(dt.date(2026, 11, 21), area, region.areas)
    signatory = Signatory("Lurah", "SARI MELATI", "Penata", "19800101 200501 2 001")
    first = True
    firsts: list[float] = []
    warm: list[float] = []
    looks: list[float] = []
    for form in catalogue.load().forms.values():
        if form.letter is None:
            continue
        answers = check(form, example.fill(form.example, scene), scene)
        paper, texts = letter.compose(
            form,
            answers,
            region=region,
            office=office,
            signatory=signatory,
            number="470/012/XI/2026",
            date=scene.today,
            letter_id=b"l" * 16,
        )

        def pdf() -> bytes:
            return letter.render(paper, texts, logo=region.logo, qr=QR, mark=None)

        def preview() -> list[bytes]:
            return letter.pictures(paper, texts, logo=region.logo, qr=QR, mark=None)

        opening = timed(pdf, 1)
        if first:
            row("first PDF of the process", opening)
            row("first preview of the process", timed(preview, 1))
            first = False
        else:
            firsts += opening
        times = timed(pdf, runs)
        row(f"{form.code} PDF", times, f"{len(pdf()):,} B")
        warm += times
        looks += timed(preview, max(1, runs // 4))
    row(f"the first PDF of each of {len(firsts) + 1} letters", sorted(firsts))
    row("all letters, PDF, warm", sorted(warm))
    row("all letters, preview, warm", sorted(looks))


if __name__ == "__main__":
    main(sys.argv[1:])
