"""Pages in the language of who looks at them."""

import pytest

from sync.server.web import tongue


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "id"),
        ("en-GB,en;q=0.9", "en"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("en;q=0.4, id;q=0.7", "id"),
        ("in-ID", "id"),
        ("de-DE,de;q=0.9,en;q=0.5", "en"),
        ("de-DE,*;q=0.5", "id"),
        ("en;q=0", "id"),
        ("en;q=", "id"),
        ("en;q=nan", "id"),
        ("en;level=1", "id"),
        (",;,;;==,", "id"),
    ],
)
def test_a_browser_gets_the_language_that_it_likes_best(header: str, language: str) -> None:
    assert tongue.asked(header) == language
