"""What a thing took: milliseconds, and the most memory of this process."""

import resource
import time
from collections.abc import Callable


def peak() -> float:
    """Give the most memory that was held so far, in MB, the filling included."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def spent(act: Callable[[], object]) -> float:
    """Do it once; return the milliseconds."""
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000
