"""The pages of administrators: another mouth of what commands do, never a second rule."""
