"""Labels that do not exclude each other, made without any training."""

import numpy as np

from zoo.evidence.columns import Columns


def labelled(
    patients=40,
    names=("cyst", "fat", "scar"),
    *,
    samples_each=1,
    split="test",
    fold="",
    signal=1.5,
    unknown=0.0,
    seed=0,
):
    """Scores speak for the labels by `signal`; some labels are not known."""
    draw = np.random.default_rng(seed)
    own = draw.integers(0, 2, (patients, len(names))).astype(float)
    own[:2], own[2:4] = 1, 0  # every label has both
    truth = np.repeat(own, samples_each, axis=0)
    logits = draw.normal(size=truth.shape) + signal * (2 * truth - 1)
    hidden = draw.uniform(size=truth.shape) < unknown
    hidden[:4] = False
    truth = np.where(hidden, np.nan, truth)
    rows = len(truth)
    name = f"{split}{fold}"
    return Columns(
        sample_id=tuple(f"{name}-sample{i:04d}" for i in range(rows)),
        patient_id=tuple(f"{name}-{i // samples_each:04d}" for i in range(rows)),
        split=(split,) * rows,
        fold=(fold,) * rows,
        names=tuple(names),
        truth=truth,
        answers={"prob": 1 / (1 + np.exp(-logits)), "logit": logits},
    )
