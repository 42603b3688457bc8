"""Every page of administrators, in the order of the menu."""

from sync.server.admin import door, overview
from sync.server.web.visit import Page

PAGES: tuple[Page, ...] = (
    *overview.PAGES,
    *door.PAGES,
)
