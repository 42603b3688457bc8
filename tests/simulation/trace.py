"""What happened in a run, step by step, and one digest of all of it."""

import hashlib


class Trace:
    """Lines in their order; the digest is equal for two runs of one seed."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._digest = hashlib.sha256()

    def add(self, *parts: object) -> None:
        """Note one thing that happened."""
        line = " ".join(part.hex() if isinstance(part, bytes) else str(part) for part in parts)
        self.lines.append(line)
        self._digest.update(line.encode() + b"\n")

    def digest(self) -> str:
        """Name the whole run."""
        return self._digest.hexdigest()
