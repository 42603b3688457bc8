"""Shows one open form: a widget for each kind of answer, effects painted once."""
