"""What forms cost: the catalogue's load, and a key press in a long form with rules.

    .venv/bin/python bench/forms.py [RUNS]

The catalogue is loaded once in each of RUNS fresh processes, by warm caches of the system, and a
second time in the same process. The form is made up: 80 fields, every one with a rule of some
sort. Budget: load <= 50 ms, a key press <= 2 ms.
"""

import datetime as dt
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from forms.engine import catalogue
from forms.engine.answers import Scene
from forms.engine.assemble import FORM
from forms.engine.form import Form
from forms.engine.lint import AREAS
from forms.engine.session import Session

ROOT = Path(__file__).resolve().parents[1]
RUNS = 20
FIELDS = 80
PRESSES = 2_000
_ONCE = """
import sys, time
sys.path.insert(0, sys.argv[1])
from forms.engine import catalogue
times = [time.perf_counter()]
for _ in range(2):
    forms = len(catalogue.load().forms)
    times.append(time.perf_counter())
print(forms, *((b - a) * 1e3 for a, b in zip(times, times[1:])))
"""
HEAD = """code = "bench/long"
title = "Long"
version = 1
group = "bench"
states = { start = "draft", states = ["draft"], create = [], edit = [], editable = ["draft"] }
"""


def main(runs: int) -> None:
    """Print what both cost."""
    load(runs)
    with tempfile.TemporaryDirectory() as folder:
        press(long_form(Path(folder)))


def load(runs: int) -> None:
    """Load the catalogue in fresh processes."""
    command = [sys.executable, "-c", _ONCE, str(ROOT)]
    said = [
        subprocess.run(command, capture_output=True, text=True, check=True) for _ in range(runs)
    ]
    rows = [[float(word) for word in one.stdout.split()] for one in said]
    print(f"catalogue of {rows[0][0]:.0f} forms, {runs} processes, milliseconds")
    for name, place in (("first load of a process", 1), ("again in the same process", 2)):
        report(name, [row[place] for row in rows])


def long_form(folder: Path) -> Form:
    """Write and read a form of numbers, texts and dates that hide, compute and check each other."""
    fields = [HEAD]
    for first in range(0, FIELDS, 20):
        fields.append(f'\n[[section]]\ntitle = "Part {first // 20 + 1}"\n')
        fields += [field(number) for number in range(first, first + 20)]
    service = folder / "bench" / "long"
    service.mkdir(parents=True)
    (service / FORM).write_text("".join(fields), "utf-8")
    return catalogue.load(folder).form("bench/long")


def field(number: int) -> str:
    """Write one field; those of a kind come every four."""
    key = f"f{number:02}"
    head = f'\n[[section.field]]\nkey = "{key}"\nlabel = "{key.upper()}"\n'
    before = f"f{max(number - 4, 0):02}"
    match number % 4:
        case 0:
            rule = f'visible = "empty({before}) or {before} < 900"\n' if number else ""
            check = f'check = "{key} >= 0 and {key} < 1000"\nmessage = "Salah."\n'
            return f'{head}kind = "number"\nrequired = true\n{rule}{check}'
        case 1:
            near = f"f{number - 1:02}"
            rule = f"{near} * 2 + 1 if not empty({near}) and {near} > 3 else 0"
            return f'{head}kind = "number"\ncompute = "{rule}"\n'
        case 2:
            rule = f"length(f{number:02}) > 2"
            far = f"f{number - 2:02}"
            said = f'required = "not empty({far}) and {far} > 5"\nmax = 60\n'
            return f'{head}kind = "text"\n{said}check = "{rule}"\nmessage = "Pendek."\n'
        case _:
            rule = f"age({key}, today) >= 0 and year({key}) > 1900"
            return f'{head}kind = "date"\ncheck = "{rule}"\nmessage = "Salah."\n'


def press(form: Form) -> None:
    """Put answers in turn, as a clerk types them, letter by letter."""
    chance = random.Random(2)
    scene = Scene(dt.date(2026, 11, 21), "", AREAS)
    session = Session(form, scene)
    begun = time.perf_counter()
    Session(form, scene)
    opened = (time.perf_counter() - begun) * 1e3
    asked = [key for key, one in form.fields.items() if not one.compute]
    times = []
    for turn in range(PRESSES):
        key = asked[turn % len(asked)]
        raw = {
            "number": str(chance.randrange(999)),
            "text": "abcdef"[: chance.randrange(1, 6)],
            "date": f"19{chance.randrange(10, 99)}-0{chance.randrange(1, 9)}-11",
        }[form.fields[key].kind]
        begun = time.perf_counter()
        session.put(key, raw)
        times.append((time.perf_counter() - begun) * 1e3)
    ruled = sum(bool(f.visible or f.compute or f.check) for f in form.fields.values())
    print(f"a form of {len(form.fields)} fields, {ruled} with rules; opened in {opened:.1f} ms")
    report("a key press", times)


def report(name: str, times: Sequence[float]) -> None:
    """Print one row."""
    ordered = sorted(times)
    p50, p95, p99 = (
        ordered[min(len(ordered) - 1, int(len(ordered) * p))] for p in (0.5, 0.95, 0.99)
    )
    print(
        f"{name:<28} best {ordered[0]:>6.2f}  p50 {p50:>6.2f}  p95 {p95:>6.2f}  p99 {p99:>6.2f} ms"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS)
