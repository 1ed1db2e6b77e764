"""Run directories, and the history they keep."""
