"""Every page of administrators, in the order of the menu."""

from sync.server.admin import (
    conflicts,
    devices,
    directives,
    door,
    edges,
    enrolling,
    findings,
    looks,
    lost,
    offices,
    operators,
    overview,
    people,
    region,
    trail,
    waiting,
)
from sync.server.web.visit import Page

PAGES: tuple[Page, ...] = (
    *overview.PAGES,
    *directives.PAGES,
    *region.PAGES,
    *offices.PAGES,
    *operators.PAGES,
    *enrolling.PAGES,
    *devices.PAGES,
    *lost.PAGES,
    *conflicts.PAGES,
    *waiting.PAGES,
    *edges.PAGES,
    *findings.PAGES,
    *trail.PAGES,
    *looks.PAGES,
    *people.PAGES,
    *door.PAGES,
)
