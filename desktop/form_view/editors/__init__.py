"""One module for each way of answering: a line, a paragraph, a choice, a tick, a person."""
