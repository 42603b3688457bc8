"""Where the edges lead is read from a file that nobody else may read, and is always encrypted."""

from pathlib import Path

import pytest

from forms.engine.problem import Refused
from sync.server.edges import places
from sync.server.edges.places import Place
from tests.sync.server.edges.conftest import point


def code(folder: Path) -> str:
    with pytest.raises(Refused) as refused:
        places.read(folder)
    return refused.value.problems[0].code


def test_without_a_file_there_is_nowhere_to_go(tmp_path: Path) -> None:
    assert places.read(tmp_path) == {}


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    path = point(tmp_path, '[lapor]\nurl = "https://x.example"\n')
    assert places.read(tmp_path) == {"lapor": Place(url="https://x.example")}

    path.chmod(0o640)

    assert code(tmp_path) == "edges_open"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[lapor", "edges_malformed"),
        ("[lapor]\nurl = 7\n", "edges_malformed"),
        ('[lapor]\nurl = "https://x"\nverify = false\n', "edges_malformed"),
        ("x" * 70_000, "edges_malformed"),
        ("[lapor]\n", "edge_place"),
        ('[lapor]\nurl = "http://x.example"\n', "edge_place"),
        ('[lapor]\nurl = "https://"\n', "edge_place"),
        ('[lapor]\nurl = "https://a:b@x.example"\n', "edge_place"),
        ('[lapor]\nurl = "https://x.example/?a=1"\n', "edge_place"),
        ('[lapor]\nurl = "ftp://x.example"\n', "edge_place"),
        ('[lapor]\nfolder = "lapor"\n', "edge_place"),
        ('[lapor]\nfolder = "/lapor"\nurl = "https://x"\n', "edge_place"),
        ('[lapor]\nurl = "https://x"\ntoken = "kunci\\u00e9"\n', "edge_place"),
        ('[lapor]\nurl = "https://x"\ntoken = "a\\nb"\n', "edge_place"),
    ],
)
def test_what_leads_nowhere_safe_is_refused(tmp_path: Path, text: str, expected: str) -> None:
    point(tmp_path, text)

    assert code(tmp_path) == expected


def test_a_place_is_shown_without_its_token() -> None:
    assert "kunci" not in repr(Place(url="https://x.example", token="kunci"))
