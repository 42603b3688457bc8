"""One trip to the city and back; the only place with requests."""
