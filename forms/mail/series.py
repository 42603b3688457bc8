"""Which of the office's post bears a number, and from which series; the same on desk and server.

An inserted number (123.1) is the first of a small series of its own, `surat#123`: it needs no lease
and can never be a number of the series that it stands in, and two desks that insert at one place
are found out like any other two that used one number.
"""

INCOMING = "mail/incoming"
DISPOSITION = "mail/disposition"
HANDWRITTEN = "mail/handwritten"
EXPEDITION = "mail/expedition"

AGENDA = "surat_masuk"  # one series an office and year, by the day of receipt
INSERT = "sisipan"  # the answer to `cara` that asks for an inserted number
WHY = "alasan"  # why a number is written by hand, kept or inserted

# The field that says on which day a piece of post stands in its book.
DAYS = {
    INCOMING: "tanggal_terima",
    HANDWRITTEN: "tanggal_surat",
    EXPEDITION: "tanggal_kirim",
}
_BEHIND = "#"


def leased(service: str) -> str:
    """Name the series that a service alone takes from; "" for all others."""
    return AGENDA if service == INCOMING else ""


def inserted(series: str, position: int) -> str:
    """Name the series of the numbers that are inserted behind one of another series."""
    return f"{within(series)}{position}"


def within(series: str) -> str:
    """Give how the names of all series begin whose numbers are inserted in this one."""
    return f"{series}{_BEHIND}"


def parent(series: str) -> tuple[str, int] | None:
    """Give the series and number behind which a series is inserted; None for every other."""
    name, behind, position = series.rpartition(_BEHIND)
    return (name, int(position)) if behind and position.isdecimal() else None
