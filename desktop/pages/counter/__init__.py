"""The counter page and its panes: search, citizen, forms with the living paper beside them."""
