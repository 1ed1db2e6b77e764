"""Covariates of records to numbers of a network, in the TensorFlow graph."""

import tensorflow as tf

from pipelines.covariates.encoding import Encoding


def encode(
    values: tf.Tensor, encoding: Encoding, columns: tuple[str, ...]
) -> tf.Tensor:
    """Each covariate's numbers, then its flag, one covariate after the other.

    A number becomes (value - mean) / deviation, of the training split; a level becomes
    1 in its own place and 0 in the others. What is not known (NaN) is 0 everywhere,
    and its flag is 1, else 0.

    Args:
        values: as stored in records, float32 `[..., len(columns)]`.
        columns: names of the covariates that records have.

    Returns:
        float32 `[..., len(encoding.names)]`, finite.
    """
    parts = []
    for covariate in encoding.covariates:
        value = values[..., columns.index(covariate.name)]
        missing = tf.math.is_nan(value)
        if covariate.levels:
            known = tf.where(missing, -tf.ones_like(value), value)
            numbers = tf.one_hot(tf.cast(known, tf.int32), len(covariate.levels))
        else:
            numbers = (value - covariate.mean) / covariate.deviation
            numbers = tf.where(missing, tf.zeros_like(value), numbers)[..., tf.newaxis]
        parts += [numbers, tf.cast(missing, tf.float32)[..., tf.newaxis]]
    if not parts:
        return values[..., :0]
    return tf.concat(parts, axis=-1)
