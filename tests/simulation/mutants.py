"""Mistakes planted in the shipped modules, one at a time: the simulator is worth what it finds.

A mutant is a line of a module and what stands there instead. It is planted by giving the module's
functions the code of the changed text, so that everybody who holds them has the mistake; a line
that is not there any more fails loudly.
"""

import importlib
import inspect
import tomllib
import types
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_suffix(".toml")


class Mutant(NamedTuple):
    """A mistake by name: a line of a module, and what stands there instead."""

    name: str
    module: str
    before: str
    after: str
    seed: int


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """Let the mistake stand for a while."""
    module = importlib.import_module(mutant.module)
    source = inspect.getsource(module)
    assert source.count(mutant.before) == 1, f"{mutant.name}: the line is not there (once)"
    sound = _made(module, source)
    changed = _made(module, source.replace(mutant.before, mutant.after))
    kept = []
    for function, mistaken in _pairs(vars(module), vars(changed), mutant.module):
        if function.__code__.co_code != mistaken.__code__.co_code or _constants(
            function
        ) != _constants(mistaken):
            kept.append((function, function.__code__))
            function.__code__ = mistaken.__code__
    values = [
        (name, vars(module)[name], vars(changed)[name])
        for name in _plain(vars(module))
        if vars(sound)[name] != vars(changed).get(name)
    ]
    for name, _, value in values:
        setattr(module, name, value)
    assert kept or values, f"{mutant.name} changes nothing"
    try:
        yield
    finally:
        for function, code in kept:
            function.__code__ = code
        for name, value, _ in values:
            setattr(module, name, value)


def _made(module: types.ModuleType, text: str) -> types.ModuleType:
    """Make a module of a text, in the surroundings of the one that is there."""
    made = types.ModuleType(module.__name__)
    made.__dict__.update(module.__dict__)
    exec(compile(text, module.__file__ or module.__name__, "exec"), made.__dict__)  # noqa: S102 - our own text
    return made


def _pairs(
    here: dict[str, Any], there: dict[str, Any], home: str
) -> Iterator[tuple[types.FunctionType, types.FunctionType]]:
    for name, value in list(here.items()):
        other = there.get(name)
        if getattr(value, "__module__", None) != home:
            continue
        if inspect.isclass(value) and inspect.isclass(other):
            yield from _pairs(dict(vars(value)), dict(vars(other)), home)
        else:
            first, second = inspect.unwrap(_bare(value)), inspect.unwrap(_bare(other))
            if inspect.isfunction(first) and inspect.isfunction(second):
                yield first, second


def _bare(value: Any) -> Any:
    """Look behind a property or class method."""
    return getattr(value, "fget", None) or getattr(value, "__func__", None) or value


def _constants(function: types.FunctionType) -> list[object]:
    return [c for c in function.__code__.co_consts if not isinstance(c, types.CodeType)] + [
        function.__code__.co_names
    ]


def _plain(names: dict[str, Any]) -> list[str]:
    """List a module's constants of plain kinds."""
    return [
        name
        for name, value in names.items()
        if isinstance(value, int | str | bytes | tuple | frozenset | float)
        and not name.startswith("__")
    ]


def every() -> tuple[Mutant, ...]:
    """Read all mistakes."""
    found = tomllib.loads(FILE.read_text("utf-8"))["mutant"]
    return tuple(Mutant(**mutant) for mutant in found)


def keep(mutant: Mutant, seed: int) -> None:
    """Write down which seed finds a mistake."""
    place = [one.name for one in every()].index(mutant.name)
    heads = FILE.read_text("utf-8").split("[[mutant]]")
    text, _, _ = heads[place + 1].rpartition("seed = ")
    end = "\n" if place + 2 == len(heads) else "\n\n"
    heads[place + 1] = f"{text}seed = {seed}{end}"
    FILE.write_text("[[mutant]]".join(heads), "utf-8")
