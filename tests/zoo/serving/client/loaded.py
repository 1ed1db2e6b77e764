"""The signatures of an exported model as functions of NumPy, for the small servers."""

import numpy as np
import tensorflow as tf


def signatures(directory):
    """By name, each from inputs to outputs by name."""
    whole = tf.saved_model.load(str(directory))

    def function(name):
        signature = whole.signatures[name]
        wanted = signature.structured_input_signature[1]

        def answered(inputs):
            given = {
                key: tf.constant(values, wanted[key].dtype)
                for key, values in inputs.items()
            }
            return {key: _texts(one.numpy()) for key, one in signature(**given).items()}

        answered.keeps = whole  # its variables live as long as it does
        return answered

    return {name: function(name) for name in whole.signatures}


def _texts(array):
    if array.dtype != object:
        return array
    return np.array([one.decode() for one in array.ravel()]).reshape(array.shape)
