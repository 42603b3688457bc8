"""What the clerk sees; the only place with PySide6."""
