"""Predictions in columns, made without any training."""

import numpy as np

from zoo.evaluation.predictions.predictions import Predictions


def columned(
    draw,
    truth,
    outputs,
    *,
    kind,
    names,
    samples_each=1,
    split="test",
    fold="",
    unknown=0.0,
):
    """Rows of samples, `samples_each` of a patient; some truth hidden, the first four
    rows excepted."""
    hidden = draw.uniform(size=truth.shape) < unknown
    hidden[:4] = False
    rows, name = len(truth), f"{split}{fold}"
    return Predictions(
        sample_id=tuple(f"{name}-sample{i:04d}" for i in range(rows)),
        patient_id=tuple(f"{name}-{i // samples_each:04d}" for i in range(rows)),
        split=(split,) * rows,
        fold=(fold,) * rows,
        kind=kind,
        names=tuple(names),
        truth=np.where(hidden, np.nan, truth),
        outputs=outputs,
    )
