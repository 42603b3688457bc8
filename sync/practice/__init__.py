"""A desk to learn at: invented people, a city of its own in a folder of its own, and no line."""
