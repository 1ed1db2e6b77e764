"""Networks that are timed side by side, each in a process of its own.

One module a package: `python -m peers.NAME` in that package's own environment. None of
them is imported by the project.
"""
