"""Learning: losses, validation, history, checkpoints, and when to stop."""
