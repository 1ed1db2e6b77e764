"""Batches, targets and weights as training takes them."""
