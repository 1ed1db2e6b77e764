"""Architectures, training, evaluation and prediction for MRI volumes."""
