"""The registers page: every book and report of the office, and the mail that is written in them."""
