"""Published weights: where they come from, and that they are what was published."""
