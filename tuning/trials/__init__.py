"""Trials of a sweep: their folds, the process that trains them, what they came to."""
