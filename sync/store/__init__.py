"""What this laptop keeps, in one encrypted file."""
