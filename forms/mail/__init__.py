"""The office's own post: what comes in, what is written by hand, what is carried out."""
