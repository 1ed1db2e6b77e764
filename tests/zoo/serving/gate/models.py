"""Small SavedModels: one that a server takes, and one for each fault."""

import keras
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

FACTOR = 2.0
ROWS = tf.TensorSpec([None, 3], tf.float32, name="rows")


def save(path, function, *specs, name="serving_default"):
    """A SavedModel whose one signature is a function of tensors to a dict of them."""
    return save_several(path, {name: function}, *specs)


def save_several(path, functions, *specs):
    """Likewise of several functions, by the names of their signatures."""
    module = tf.Module()
    module.factor = tf.Variable(FACTOR, name="scale/factor")
    signatures = {name: _traced(module, functions[name], specs) for name in functions}
    tf.saved_model.save(module, str(path), signatures=signatures)
    return path


def _traced(module, function, specs):
    return tf.function(
        lambda *tensors: function(module.factor, *tensors),
        input_signature=specs or [ROWS],
        autograph=False,
    )


def doubled(path):
    """`rows` [B, 3] to `doubled` [B, 3]: nothing is wrong with it."""
    return save(path, lambda factor, rows: {"doubled": factor * rows})


def of_network(path, layer, channels=4):
    """A layer of Keras, of volumes, between another one and the outputs."""
    volume = keras.Input((4, 4, 4, channels), name="volume")
    features = layer(keras.layers.Conv3D(channels, 1, name="first")(volume))
    network = keras.Model(volume, {"features": features})
    archive = keras.export.ExportArchive()
    archive.track(network)
    archive.add_endpoint(
        "serving_default",
        lambda volume: network(volume, training=False),
        input_signature=[tf.TensorSpec([None, 4, 4, 4, channels], name="volume")],
    )
    archive.write_out(str(path), verbose=False)
    return path


def edited(path, edit):
    """A SavedModel whose file is changed by a function of its MetaGraphDef."""
    file = path / "saved_model.pb"
    saved = SavedModel.FromString(file.read_bytes())
    edit(saved.meta_graphs[0])
    file.write_bytes(saved.SerializeToString())
    return path


def with_operation(path, old, new):
    """The same, with an operation of its functions called another name."""

    def rename(graph):
        nodes = [n for f in graph.graph_def.library.function for n in f.node_def]
        renamed = [node for node in nodes if node.op == old]
        assert renamed
        for node in renamed:
            node.op = new

    return edited(path, rename)


def rows(number=2):
    """Something to ask by: `[number, 3]`."""
    return np.arange(3.0 * number, dtype=np.float32).reshape(number, 3)
