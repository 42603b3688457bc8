"""How a page for people of the city comes about: who asks, what they may, how it is drawn.

Pages themselves are rows of a table (`visit.Page`) that others write; `doors.add` opens them.
"""
