"""Reports: what was done and who lives here, as tables and pictures."""
