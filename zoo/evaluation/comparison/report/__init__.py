"""Several models on the same patients: a table of paired comparisons."""
