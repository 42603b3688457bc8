"""Keys, seals and signatures; the only place with cryptography."""
