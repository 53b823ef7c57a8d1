"""What every item passes: reading, storing, writing lines."""
