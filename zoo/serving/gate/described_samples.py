"""Samples for a version without warm-up requests, by what it says of its task."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef

from pipelines.errors import ZooError
from zoo.prediction.decoded_records import decoded
from zoo.serving.background_record import background_record
from zoo.serving.description import Description
from zoo.serving.gate import loading, sample_requests

_DESCRIBE, _TASK = "describe", "task"  # the signature, and its output
_NUMBER = 2


def samples(
    directory: Path, signatures: Mapping[str, SignatureDef]
) -> dict[str, np.ndarray]:
    """Two samples without a patient, by names of inputs; of others' models none.

    A fresh process asks the model for its task.

    Raises:
        DataError: the process can't be run or dies.
    """
    description = _description(directory, signatures)
    if description is None:
        return {}
    records = [background_record(description.task)] * _NUMBER
    volumes = decoded(records, description.task, description.covariates)
    return sample_requests.samples(records, volumes, {})


def _description(
    directory: Path, signatures: Mapping[str, SignatureDef]
) -> Description | None:
    """What `describe` answers; none where it is not ours, or fails."""
    signature = signatures.get(_DESCRIBE)
    if signature is None or {*signature.inputs} != {sample_requests.REQUEST}:
        return None
    inputs = {sample_requests.REQUEST: np.array([b""], object)}
    request = loading.Request(signature=_DESCRIBE, inputs=inputs)
    for answer in loading.load(directory, [request]).answers:
        text = np.ravel(answer.outputs.get(_TASK, ()))
        if text.dtype == object and text.size:
            try:
                return Description.from_json(text[0])
            except (ZooError, ValueError):
                return None
    return None
