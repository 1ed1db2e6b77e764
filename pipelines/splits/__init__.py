"""Which patient goes to training, validation and test."""
