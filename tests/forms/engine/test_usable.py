"""A broken form file never stops a counter: the others work on, and the fault is named."""

import shutil
from pathlib import Path

import pytest

from forms.engine import catalogue
from forms.engine.problem import FormFiles

BROKEN = "letters/surat_keterangan_usaha"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    ignore = shutil.ignore_patterns("*.py", "__pycache__", "paper", "engine")
    return Path(shutil.copytree(catalogue.FORMS, tmp_path / "forms", ignore=ignore))


def test_a_broken_form_is_left_out_and_named(root: Path) -> None:
    (root / BROKEN / "form.toml").write_text('code = "letters/surat_keterangan_usaha"\nkeliru =')

    found = catalogue.usable(root)

    assert BROKEN not in found.forms
    assert "letters/surat_keterangan_domisili" in found.forms
    assert [problem.code for problem in found.faults] == ["toml_syntax"]
    assert found.faults[0].row == 2


def test_without_any_good_form_there_is_nothing_to_work_with(tmp_path: Path) -> None:
    with pytest.raises(FormFiles):
        catalogue.usable(tmp_path)
