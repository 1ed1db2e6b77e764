"""Hyperparameter sweeps with KerasTuner."""

import zoo  # noqa: F401 (first: it changes where others are looked for)
