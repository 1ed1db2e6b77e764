"""SavedModels with one fault each, of a module without Keras where Keras is not it."""

from pathlib import Path

import keras
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from zoo.serving.gate.served_graph import FILE

NUMBERS = tf.TensorSpec([None, 2], tf.float32, name="x")


def of_function(directory: Path, function, *, spec=NUMBERS, name="serving_default"):
    """A signature that gives what a function of `x` does, a dict of tensors."""
    module = tf.Module()
    module.function = tf.function(
        lambda x: function(x), input_signature=[spec], autograph=False
    )
    tf.saved_model.save(module, str(directory), signatures={name: module.function})
    return directory


def doubled(directory: Path, **settings):
    """One without a fault."""
    return of_function(directory, lambda x: {"y": 2 * x}, **settings)


def of_layer(directory: Path, layer: keras.layers.Layer, shape):
    """What Keras exports of a network of one layer, as the signature `serve` of it.

    Args:
        shape: of the volume, without the batch.
    """
    volume = keras.Input(shape, name="volume")
    network = keras.Model(volume, {"map": layer(volume)})
    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint(
        "serving_default",
        lambda volume: network(volume, training=False),
        input_signature=[tf.TensorSpec([None, *shape], tf.float32, name="volume")],
    )
    archive.write_out(str(directory), verbose=False)
    return directory


def rewritten(directory: Path, change):
    """A SavedModel whose file is changed by a function of its only graph."""
    path = directory / FILE
    saved = SavedModel.FromString(path.read_bytes())
    change(saved.meta_graphs[0])
    path.write_bytes(saved.SerializeToString())
    return directory


def with_operation(directory: Path, operation: str):
    """One whose multiplication is an operation of another name."""

    def change(graph):
        for function in graph.graph_def.library.function:
            for node in function.node_def:
                if node.op == "Mul":
                    node.op = operation

    return rewritten(doubled(directory), change)
