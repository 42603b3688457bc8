"""The messages both ends speak."""
