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
    from zoo.prediction.decoded_records import decoded  # loads TensorFlow

    return decoded([record], description.task, description.covariates)
