"""The city's calls to other systems: the only place of the server with requests."""
