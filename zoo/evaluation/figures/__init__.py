"""The figures of the evidence."""
