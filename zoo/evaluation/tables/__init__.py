"""The evidence as tables for the terminal."""
