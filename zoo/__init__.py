"""Architectures, training, evaluation and prediction for MRI volumes."""

import pipelines  # noqa: F401 (first: it changes where others are looked for)
