"""Which of several models is better, on the same patients."""
