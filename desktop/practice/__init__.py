"""What is different where somebody practises: a frame that says so, marked paper, a first day."""
