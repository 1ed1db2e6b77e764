"""Runs to a version of a SavedModel."""
