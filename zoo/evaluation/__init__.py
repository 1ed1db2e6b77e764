"""Predictions to evidence: metrics with intervals, figures, tables."""
