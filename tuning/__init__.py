"""Hyperparameter sweeps with KerasTuner."""
