"""From a probability to a decision, and what the decision is worth."""
