"""Targets as outputs of a network."""
