"""Run by path in a fresh process: loads what a contract test saved and applies it.

Usage: fresh.py DIRECTORY, which holds volumes.npy, model.keras and, exported, `served`.
Writes fresh.npz (outputs of both as `keras/<name>` and `served/<name>`) and ops.txt
(operations of the exported graph, and marks that only XLA understands).
"""

import sys
from pathlib import Path

import numpy as np


def operations(directory: Path) -> set[str]:
    from tensorflow.core.protobuf import saved_model_pb2

    saved = saved_model_pb2.SavedModel()
    saved.ParseFromString((directory / "saved_model.pb").read_bytes())
    found = set()
    for meta_graph in saved.meta_graphs:
        graph = meta_graph.graph_def
        functions = graph.library.function
        nodes = [*graph.node, *(n for f in functions for n in f.node_def)]
        found |= {node.op for node in nodes}
        for holder in [*nodes, *functions]:
            if "_XlaMustCompile" in holder.attr and holder.attr["_XlaMustCompile"].b:
                found.add("_XlaMustCompile")
    return found


def main(directory: Path) -> None:
    volumes = np.load(directory / "volumes.npy")
    outputs = {}
    if (directory / "served").is_dir():
        import tensorflow as tf

        served = tf.saved_model.load(str(directory / "served"))
        for name, values in served.serve(volumes).items():
            outputs[f"served/{name}"] = values.numpy()
        (directory / "ops.txt").write_text(
            "\n".join(sorted(operations(directory / "served")))
        )
    import keras

    model = keras.models.load_model(directory / "model.keras")
    for name, values in model.predict_on_batch(volumes).items():
        outputs[f"keras/{name}"] = values
    assert "zoo" not in sys.modules
    np.savez(directory / "fresh.npz", **outputs)


main(Path(sys.argv[1]))
