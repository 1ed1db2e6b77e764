"""Samples for a version without warm-up requests, by what it says of its task."""

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import numpy as np
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef

from pipelines.errors import ZooError
from zoo.prediction.decoded_records import decoded
from zoo.serving.background_record import background_record
from zoo.serving.description import Description
from zoo.serving.gate import loading, sample_requests
from zoo.serving.tasks_description import OUTPUT, TasksDescription

_DESCRIBE, _TASK = "describe", "task"  # the signature, and its output
_NUMBER = 2

Read = TypeVar("Read", Description, TasksDescription)


def samples(
    directory: Path, signatures: Mapping[str, SignatureDef]
) -> dict[str, np.ndarray]:
    """Two samples without a patient, by names of inputs; of others' models none.

    A fresh process asks the model for its task.

    Raises:
        DataError: the process can't be run or dies.
    """
    answered = _described(directory, signatures)
    if OUTPUT in answered:
        return _of_tasks(answered[OUTPUT])
    description = _read(answered.get(_TASK), Description)
    if description is None:
        return {}
    records = [background_record(description.task)] * _NUMBER
    volumes = decoded(records, description.task, description.covariates)
    return sample_requests.samples(records, volumes, {})


def _of_tasks(text: object) -> dict[str, np.ndarray]:
    """Samples that no task lacks."""
    described = _read(text, TasksDescription)
    if described is None:
        return {}
    records = {
        task.input: np.array(
            [background_record(task.description.task)] * _NUMBER, object
        )
        for task in described.tasks
    }
    return sample_requests.samples((), records, {})


def _described(
    directory: Path, signatures: Mapping[str, SignatureDef]
) -> dict[str, object]:
    """The first of each text that `describe` answers; none where it is not ours."""
    signature = signatures.get(_DESCRIBE)
    if signature is None or {*signature.inputs} != {sample_requests.REQUEST}:
        return {}
    inputs = {sample_requests.REQUEST: np.array([b""], object)}
    request = loading.Request(signature=_DESCRIBE, inputs=inputs)
    (answer,) = loading.load(directory, [request]).answers or (None,)
    outputs = {} if answer is None else answer.outputs
    texts = {name: np.ravel(values) for name, values in outputs.items()}
    return {n: t[0] for n, t in texts.items() if t.dtype == object and t.size}


def _read(text: object, kind: type[Read]) -> Read | None:
    """A text as what it describes; none where it is no such."""
    if text is None:
        return None
    try:
        return kind.from_json(text)
    except (ZooError, ValueError):
        return None
