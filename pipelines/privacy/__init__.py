"""Pseudonyms, and the private file that resolves them."""
