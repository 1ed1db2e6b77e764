"""Predicted numbers, made without any training."""

import numpy as np

from zoo.evidence.columns import Columns


def numbered(
    patients=40,
    names=("kpa",),
    *,
    samples_each=1,
    split="test",
    fold="",
    noise=1.0,
    unknown=0.0,
    seed=0,
):
    """Predictions that miss by `noise`, shifted by half of one; some truth unknown."""
    draw = np.random.default_rng(seed)
    truth = np.repeat(draw.normal(10, 3, (patients, len(names))), samples_each, axis=0)
    said = truth + noise * (0.5 + draw.normal(size=truth.shape))
    hidden = draw.uniform(size=truth.shape) < unknown
    hidden[:4] = False
    rows, name = len(truth), f"{split}{fold}"
    return Columns(
        sample_id=tuple(f"{name}-sample{i:04d}" for i in range(rows)),
        patient_id=tuple(f"{name}-{i // samples_each:04d}" for i in range(rows)),
        split=(split,) * rows,
        fold=(fold,) * rows,
        names=tuple(names),
        truth=np.where(hidden, np.nan, truth),
        answers={"pred": said},
    )
