"""From the laptop to the city and back."""
