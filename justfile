# The commands anyone needs.

check:
    ./check

demo:
    ./run demo --headless

pictures:
    TERAS_PICTURES=1 .venv/bin/python -m pytest -q tests/journeys

bench:
    for file in bench/*.py; do .venv/bin/python "$file"; done
