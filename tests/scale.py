"""How much of a long battery runs: all of it in `./check --all`, a part of it else."""

import os

WHOLE = os.environ.get("TERAS_WHOLE") == "1"


def of(whole: int, part: int) -> int:
    """Give how many cases there are to be: `whole` in `./check --all`, else `part`."""
    return whole if WHOLE else part
