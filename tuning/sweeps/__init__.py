"""A sweep from its command line to its end: begun, gone on with, run, summed up."""
