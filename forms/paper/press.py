"""The typesetter: a source, a layout and facts in; PDF or pictures out.

Nothing is written to disk and nothing read but the layouts and the fonts. Equal input gives equal
bytes on every machine, since no font of the machine is ever used.
"""

import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import msgspec
import typst

from forms.engine.problem import Fact, Problem, Refused
from forms.paper import glyphs

LAYOUTS = Path(__file__).parent / "layouts"
LATEST = 1  # The layout of letters that are written now; older ones print what was issued by them.
PDF_STANDARD: Final = (
    "a-2b"  # The archive asks for PDF/A; 2 allows the transparency of a city's logo.
)
_SPOT = re.compile(r"__typst_py_bytes__\.typ:(\d+):(\d+)")
# A compiler may be used by one thread at a time: the desk's preview and its print share it.
_turn = threading.Lock()
_sheet_turn = threading.Lock()
# The typesetter remembers what it set before for so many sheets: 0.1 MB of each row of a register.
_FORGET = 11


def press(source: str, layout: int, facts: Mapping[str, Any], ppi: float | None) -> list[bytes]:
    """Set one letter: as one PDF/A, or with `ppi` as one PNG a page.

    Refused(template_error) with the line and column in the source, 0 where it isn't to blame.
    """
    compiler = _compiler(layout)
    with _turn:
        try:
            made = compiler.compile(
                input=source.encode(),
                format="pdf" if ppi is None else "png",
                ppi=ppi,
                sys_inputs={"paper": msgspec.json.encode(facts).decode()},
                pdf_standards=[PDF_STANDARD] if ppi is None else [],
            )
        except typst.TypstError as error:
            raise Refused(_problem(error)) from None  # its trace would show the letter's text
    if isinstance(made, list):
        return made
    return [made] if made else []


def tables(
    layout: str, facts: Mapping[str, Any], ppi: float | None = None, *, whole: bool = True
) -> list[bytes]:
    """Set a layout that is a sheet of tables: as one PDF, or with `ppi` as one PNG a page.

    A PDF has no tags: they would make it tenfold. A `whole` sheet is PDF/A, a part of one isn't.

    It has a compiler and a turn of its own: a register takes seconds, and a letter doesn't wait.
    """
    compiler = _sheet_compiler(layout)
    with _sheet_turn:
        try:
            made = compiler.compile(
                input=_whole(layout),
                format="pdf" if ppi is None else "png",
                ppi=ppi,
                sys_inputs={"paper": msgspec.json.encode(facts).decode()},
                pdf_standards=[PDF_STANDARD] if ppi is None and whole else [],
                pdf_tags=False,
            )
        except typst.TypstError as error:
            raise Refused(_problem(error)) from None
        finally:
            _forget(compiler)
    if isinstance(made, list):
        return made
    return [made] if made else []


def measures(layout: str, facts: Mapping[str, Any]) -> str:
    """Lay out a sheet of tables and give what it says of itself as <measures>, in JSON."""
    compiler = typst.Compiler(
        input=_whole(layout),
        root=str(LAYOUTS / layout),
        font_paths=_fonts(),
        sys_inputs={"paper": msgspec.json.encode(facts).decode()},
    )
    with _sheet_turn:
        try:
            return compiler.query("<measures>", field="value", one=True)
        except RuntimeError as error:  # it says less here than where it sets
            reason = str(error).splitlines()[0]
            blame: dict[str, Fact] = {"reason": reason, "line": 0, "column": 0}
            raise Refused(Problem("template_error", facts=blame)) from None
        finally:
            _forget(_sheet_compiler(layout))


def warm() -> None:
    """Set an empty sheet with the latest layout's fonts."""
    compiler = _compiler(LATEST)
    with _turn:
        compiler.compile(input=b'#set text(font: "Liberation Sans")\n.', format="pdf")


def _whole(layout: str) -> bytes:
    return (LAYOUTS / layout / "layout.typ").read_bytes()


def _forget(compiler: typst.Compiler) -> None:
    for _ in range(_FORGET):
        compiler.compile(input=b"", format="pdf", sys_inputs={})


@lru_cache
def _compiler(layout: int) -> typst.Compiler:
    root = LAYOUTS / str(layout)
    if not (root / "layout.typ").is_file():
        raise Refused(Problem("paper_layout_unknown", facts={"layout": layout}))
    return typst.Compiler(input=b"", root=str(root), font_paths=_fonts())


@lru_cache
def _sheet_compiler(layout: str) -> typst.Compiler:
    return typst.Compiler(input=b"", root=str(LAYOUTS / layout), font_paths=_fonts())


@lru_cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in glyphs.FONTS],
    )


def _problem(error: typst.TypstError) -> Problem:
    spot = _SPOT.search(error.diagnostic)
    line, column = (int(spot[1]), int(spot[2]) + 1) if spot else (0, 0)  # it counts columns from 0
    facts: dict[str, Fact] = {"reason": error.message, "line": line, "column": column}
    return Problem("template_error", facts=facts, row=line or None)
