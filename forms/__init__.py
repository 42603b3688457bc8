"""What is asked and what follows from it; pure Python and TOML."""
