"""What stands around the pages: the window, its rail, its line of status, its few dialogs."""
