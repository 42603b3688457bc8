"""Parts that several pages are made of: an open form, a record, its facts, its paper."""
