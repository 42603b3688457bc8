"""The live room: one screen of aggregates for a wall, and the way from a figure to what is done."""
