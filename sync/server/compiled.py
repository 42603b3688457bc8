"""What SQLAlchemy compiled, kept for all engines of this process together."""

from typing import Any

from sqlalchemy.util import LRUCache

COMPILED_MAX = 1_000  # statements; the server has some hundreds of shapes
COMPILED = LRUCache[Any, Any](COMPILED_MAX)
