"""Answers and a template become a page; the only place with typst and segno."""
