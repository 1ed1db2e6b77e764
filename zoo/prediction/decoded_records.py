"""Records as decoded volumes: what a served model is given that takes no records."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from pipelines.records.decode import parser
from pipelines.tasks.task import Task
from zoo.prediction.volume_inputs import lets_studies_lack


def decoded(
    records: Sequence[bytes], task: Task, covariates: Sequence[str]
) -> dict[str, np.ndarray]:
    """What `zoo.prediction.volume_inputs` takes, of serialized records.

    Args:
        records: one or more, B.
        covariates: names of those that the network sees, in its order.

    Returns:
        `volume` `[B, D, H, W, C]`, `fill` `[B, C]` and, where they are wanted,
        `present` `[B, C]` (int64) and `covariates` `[B, n]`; else float32.

    Raises:
        InvalidArgumentError: a record of another task.
    """
    parse = parser(task, require_target=False)
    samples = [parse(tf.constant(record)) for record in records]
    names = ["volume", "fill"]
    if lets_studies_lack(task):
        names.append("present")
    tensors = {name: np.stack([sample[name] for sample in samples]) for name in names}
    if "present" in tensors:
        tensors["present"] = tensors["present"].astype(np.int64)
    if covariates:
        places = [task.covariates.index(name) for name in covariates]
        numbers = np.stack([sample["covariates"] for sample in samples])
        tensors["covariates"] = numbers[:, places]
    return tensors
