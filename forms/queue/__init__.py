"""The waiting room: tickets, who is called next, and how long people waited."""
