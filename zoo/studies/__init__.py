"""Published studies as values, run step by step and shown beside what we reach."""
