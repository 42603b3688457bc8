"""How the desk looks: tokens, theme, fonts, icons and the small parts that pages are made of."""
