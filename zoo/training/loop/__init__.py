"""The training loop and what changes within it."""
