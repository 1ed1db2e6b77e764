"""New studies to predictions."""
