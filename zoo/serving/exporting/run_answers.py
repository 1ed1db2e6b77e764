"""What a run says of records, every output that its served model has: to be held to."""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from zoo.prediction import predictor
from zoo.prediction.record_outputs import record_outputs
from zoo.serving.exporting.difference import Answers
from zoo.serving.exporting.export_request import ExportRequest


def of_records(request: ExportRequest, records: Sequence[bytes]) -> Answers:
    """The answers behind `zoo.predict`, and of a single run its `features`, `[N, F]`.

    They are computed on the CPU, where the gate asks the exported model: a GPU rounds
    otherwise, by its kind.

    Raises:
        DataError: a model that can't be loaded, or another task's record.
    """
    with tf.device("CPU"):
        answers = predictor.load(request.path).answer_records(records)
        if len(request.runs) == 1:
            answers["features"] = _features(request, records)
    return answers


def _features(request: ExportRequest, records: Sequence[bytes]) -> np.ndarray:
    outputs = record_outputs(request.run, predictor.network_of(request.run))
    function = tf.function(
        lambda record: outputs(record)["features"],
        input_signature=[tf.TensorSpec([1], tf.string)],
        autograph=False,
        jit_compile=False,
    )
    return np.concatenate([function(tf.constant([record])) for record in records])
