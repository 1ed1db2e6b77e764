"""Whether the statistics that a record states are those of its own voxels."""

import numpy as np
import tensorflow as tf
from google.protobuf.message import DecodeError

from pipelines.records.foreground_statistics import (
    INTEGERS,
    PREFIX,
    ForegroundStatistics,
    of_codes,
)
from pipelines.records.quantisation import Codes

_SUMS = ("mean", "deviation")  # all others are values of voxels, or counts
_RELATIVE = 1e-6  # of a sum, or of the deviation: float32 can't tell less


def contradictions(record: bytes) -> list[str]:
    """What is wrong with them; empty where all is well, or nothing is stated.

    Args:
        record: a serialized `tf.train.Example`, see `pipelines.records.encode.encode`.
    """
    try:
        features = tf.train.Example.FromString(record).features.feature
        if not any(name.startswith(PREFIX) for name in features):
            return []
        computed = of_codes(_codes(features))
    except (DecodeError, ValueError, IndexError, tf.errors.OpError) as error:
        return [f"its voxels can't be read ({type(error).__name__})"]
    wrong = [
        f"{PREFIX}{name}"
        for name in vars(computed)
        if not _agrees(features[f"{PREFIX}{name}"], name, computed)
    ]
    if not wrong:
        return []
    return [f"its statistics contradict its voxels: {', '.join(wrong)}. Ingest again"]


def _codes(features: dict) -> Codes:
    def numbers(name: str) -> np.ndarray:
        return np.array(features[name].float_list.value, np.float32)

    volume = features["volume"].bytes_list.value[0]
    return Codes(
        codes=tf.io.parse_tensor(volume, tf.int16).numpy(),
        slope=numbers("slope"),
        intercept=numbers("intercept"),
        fill=numbers("fill"),
        fill_code=np.array(features["fill_code"].int64_list.value, np.int16),
        clipped=(),
    )


def _agrees(
    feature: tf.train.Feature, name: str, computed: ForegroundStatistics
) -> bool:
    of_voxels = getattr(computed, name).ravel()
    kind = feature.int64_list if name in INTEGERS else feature.float_list
    stated = np.array(kind.value, of_voxels.dtype)
    if stated.shape != of_voxels.shape:
        return False
    if name not in _SUMS:
        return bool((stated == of_voxels).all())
    allowed = _RELATIVE * np.maximum(np.abs(of_voxels), computed.deviation)
    return bool((np.abs(stated - of_voxels) <= allowed).all())
