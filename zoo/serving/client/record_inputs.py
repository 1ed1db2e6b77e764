"""A record as the inputs of a signature."""

import numpy as np

from zoo.serving.client.service import Tensors
from zoo.serving.description import Description

OF_RECORDS = "serve_examples"
OF_VOLUMES = "serving_default"
SIGNATURES = (OF_RECORDS, OF_VOLUMES)


def inputs(record: bytes, signature: str, description: Description) -> Tensors:
    """What a signature is given of one record, with B = 1.

    Args:
        record: of the task that is described.
        signature: one of `SIGNATURES`.

    Returns:
        `examples` of `serve_examples`, bytes `[1]`. Of `serving_default` `volume`
        float32 `[1, D, H, W, C]` and `fill` `[1, C]`, as the record decodes; `present`
        int64 `[1, C]` where the task lets studies lack a sequence; `covariates` float32
        `[1, n]` where the network sees some.
    """
    if signature == OF_RECORDS:
        return {"examples": np.array([record], object)}
    return _decoded(record, description)


def _decoded(record: bytes, description: Description) -> Tensors:
    from pipelines.records.decode import parser  # loads TensorFlow
    from zoo.prediction.volume_inputs import lets_studies_lack

    task = description.task
    parsed = parser(task, require_target=False)(record)
    decoded = {name: parsed[name].numpy()[np.newaxis] for name in ("volume", "fill")}
    if lets_studies_lack(task):
        present = parsed["present"].numpy()
        decoded["present"] = present.astype(np.int64)[np.newaxis]
    if description.covariates:
        places = [task.covariates.index(name) for name in description.covariates]
        covariates = parsed["covariates"].numpy()
        decoded["covariates"] = covariates[places][np.newaxis]
    return decoded
