"""The first run of a laptop: one question a screen, from the region to the first trip."""
