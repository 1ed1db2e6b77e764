"""Run by path as a process that never imports the zoo: applies what the tests saved.

Reads directories from stdin, one a line. Each holds volumes.npy and model.keras and,
where it was exported, `served`. Writes fresh.npz there (outputs of both as
`keras/<name>` and `served/<name>`) and ops.txt (operations of the exported graph), and
answers `done`; or error.txt, and answers `failed`. One process serves many directories,
because starting TensorFlow takes longer than most of them: what it loads defines no
class, so that none can borrow from another.
"""

import gc
import sys
import traceback
from pathlib import Path

import keras
import numpy as np

ON_TENSORFLOW = keras.backend.backend() == "tensorflow"


def operations(directory: Path) -> set[str]:
    """Names of all operations in an exported graph and what must be said of it.

    Besides the names: `_XlaMustCompile` where a function or node asks for XLA, and
    `foreign:<name>` for what TensorFlow itself does not bring.
    """
    from tensorflow.core.protobuf import saved_model_pb2
    from tensorflow.python.framework import op_def_registry

    saved = saved_model_pb2.SavedModel()
    saved.ParseFromString((directory / "saved_model.pb").read_bytes())
    found = set()
    for meta_graph in saved.meta_graphs:
        graph = meta_graph.graph_def
        functions = graph.library.function
        nodes = [*graph.node, *(n for f in functions for n in f.node_def)]
        defined = {function.signature.name for function in functions}
        found |= {node.op for node in nodes} - defined
        for holder in [*nodes, *functions]:
            if "_XlaMustCompile" in holder.attr and holder.attr["_XlaMustCompile"].b:
                found.add("_XlaMustCompile")
    found |= {
        f"foreign:{name}"
        for name in found
        if not name.startswith("_") and op_def_registry.get(name) is None
    }
    return found


def apply(directory: Path) -> None:
    """Loads and applies what is in a directory."""
    volumes = np.load(directory / "volumes.npy")
    outputs = {}
    if (directory / "served").is_dir():
        import tensorflow as tf

        (directory / "ops.txt").write_text(
            "\n".join(sorted(operations(directory / "served"))), encoding="utf-8"
        )
        served = tf.saved_model.load(str(directory / "served"))
        for name, values in served.serve(volumes).items():
            outputs[f"served/{name}"] = values.numpy()
    model = keras.models.load_model(directory / "model.keras")
    for name, values in forward(model, volumes).items():
        outputs[f"keras/{name}"] = values
    assert "zoo" not in sys.modules
    np.savez(directory / "fresh.npz", **outputs)


def forward(model: keras.Model, volumes: np.ndarray) -> dict[str, np.ndarray]:
    """Outputs of one pass: operation by operation where compiling takes longer."""
    if not ON_TENSORFLOW:
        return model.predict_on_batch(volumes)
    found = model(volumes, training=False)
    return {name: values.numpy() for name, values in found.items()}


def main() -> None:
    """Answers until stdin ends."""
    for line in sys.stdin:
        directory = Path(line.rstrip("\n"))
        try:
            apply(directory)
            answer = "done"
        except Exception:
            (directory / "error.txt").write_text(
                traceback.format_exc(), encoding="utf-8"
            )
            answer = "failed"
        keras.backend.clear_session()
        gc.collect()
        print(answer, flush=True)


if __name__ == "__main__":
    main()
