"""Labels that do not exclude each other, made without any training."""

import numpy as np

from tests.zoo.evaluation.columned import columned
from zoo.targets.multilabel import MULTILABEL


def labelled(
    patients=40,
    names=("cyst", "fat", "scar"),
    *,
    samples_each=1,
    signal=1.5,
    seed=0,
    **options,
):
    """Scores speak for the labels by `signal`; see `columned`."""
    draw = np.random.default_rng(seed)
    own = draw.integers(0, 2, (patients, len(names))).astype(float)
    own[:2], own[2:4] = 1, 0  # every label has both
    truth = np.repeat(own, samples_each, axis=0)
    logits = draw.normal(size=truth.shape) + signal * (2 * truth - 1)
    outputs = {"prob": 1 / (1 + np.exp(-logits)), "logit": logits}
    return columned(
        draw,
        truth,
        outputs,
        kind=MULTILABEL,
        names=names,
        samples_each=samples_each,
        **options,
    )
