"""Several machines at work on one sweep."""
