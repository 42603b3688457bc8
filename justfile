# The commands anyone needs.

check:
    ./check

demo:
    ./run demo --headless

pictures:
    TERAS_PICTURES=1 .venv/bin/python -m pytest -q tests/journeys tests/sync/server/admin/test_browser.py

bench:
    for file in bench/*.py; do .venv/bin/python "$file"; done
