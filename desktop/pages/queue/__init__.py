"""The queue at the desk: numbers are taken, called, served; the waiting room reads along."""
