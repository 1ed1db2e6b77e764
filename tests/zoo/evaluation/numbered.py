"""Predicted numbers, made without any training."""

import numpy as np

from tests.zoo.evaluation.columned import columned
from zoo.targets.regression import REGRESSION


def numbered(
    patients=40, names=("kpa",), *, samples_each=1, noise=1.0, seed=0, **options
):
    """Predictions that miss by `noise`, shifted by half of one; see `columned`."""
    draw = np.random.default_rng(seed)
    truth = np.repeat(draw.normal(10, 3, (patients, len(names))), samples_each, axis=0)
    outputs = {"pred": truth + noise * (0.5 + draw.normal(size=truth.shape))}
    return columned(
        draw,
        truth,
        outputs,
        kind=REGRESSION,
        names=names,
        samples_each=samples_each,
        **options,
    )
