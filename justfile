# The commands anyone needs.

check:
    ./check

demo:
    ./run demo --headless

# The window's pictures of docs/pictures.md: about two minutes on two idle cores.
pictures *NAMES:
    .venv/bin/python -m tests.tour {{NAMES}}

# Every scene heard over AT-SPI, as a screen reader does.
listen *NAMES:
    .venv/bin/python -m tests.tour.atspi {{NAMES}}

journey-pictures:
    TERAS_PICTURES=1 .venv/bin/python -m pytest -q tests/journeys

# The pages of the server, in docs/halaman-server.md.
server-pictures:
    TERAS_PICTURES=1 .venv/bin/python -m pytest -q tests/sync/server/admin/test_browser.py

bench:
    for file in bench/*.py; do .venv/bin/python "$file"; done
