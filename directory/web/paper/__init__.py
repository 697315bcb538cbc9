"""What is printed: the sheet for one person, the pocket guide."""
