"""Debian's Chromium, driven by tests, and the rules that pages are held to in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")  # as root, in a container
# WCAG 2.2 A and AA, and what axe holds to be good besides.
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@contextmanager
def launched() -> Iterator[Browser]:
    """Start one, and end it."""
    program = shutil.which("chromium")
    assert program, "Debian's chromium is not installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS))
        yield browser
        browser.close()
