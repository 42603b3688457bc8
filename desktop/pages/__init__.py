"""The pages of the desk; none of them knows another, the window brings them together."""
