"""Readers of weight files, one format a file."""
