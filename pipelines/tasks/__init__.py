"""The task file: sequences, target, grid, steps; the task files that are shipped."""
