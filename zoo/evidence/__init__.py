"""Evidence that a reviewer accepts: metrics by patient, intervals, figures."""
