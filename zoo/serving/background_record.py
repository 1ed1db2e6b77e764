"""A record of a task that shows nothing and nobody: what a served model is tried by."""

import numpy as np
import tensorflow as tf

from pipelines.canonical.canonicalise import Canonical
from pipelines.records.encode import Sample, encode
from pipelines.tasks.task import Task


def background_record(task: Task) -> bytes:
    """A record of the task without a patient, whose channels show nothing."""
    sample = Sample(
        sample_id="",
        study_id="",
        patient_id="",
        canonical=Canonical(
            voxels=np.zeros(task.record_shape, np.int16),
            fill=(0.0,) * len(task.channels),
            present=(1,) * len(task.channels),
            affine=np.eye(4),
        ),
        covariates=(0.0,) * len(task.covariates),
    )
    example = tf.train.Example.FromString(encode(sample, task).record)
    (serialized,) = example.features.feature["volume"].bytes_list.value
    volume = tf.make_tensor_proto(tf.io.parse_tensor(serialized, tf.int16).numpy())
    volume.tensor_content = b""
    volume.int_val.append(0)  # as many as the shape says
    del example.features.feature["volume"].bytes_list.value[:]
    example.features.feature["volume"].bytes_list.value.append(
        volume.SerializeToString()
    )
    return example.SerializeToString(deterministic=True)
