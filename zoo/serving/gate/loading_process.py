"""Script: loads a SavedModel as TensorFlow Serving does, and runs its signatures.

    python -I loading_process.py FOLDER

It is run by its path, by this Python or by one with another TensorFlow, and imports
nothing of this project and no Keras: what it answers is what the files alone hold.

FOLDER/request.json is `{"directory", "runs": [{"signature", "inputs"}]}`; inputs and
outputs are files of `array_file` in FOLDER. To FOLDER/answers.jsonl go, each as soon as
it is known, `{"tensorflow": its version}`; `{"error": text}` of loading, "" if it went
well; and for each run `{"error": text, "outputs": file}`.
"""

import importlib.util
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType


def main(folder: Path) -> None:
    """Answers what is in a folder."""
    request = json.loads((folder / "request.json").read_text(encoding="utf-8"))
    with (folder / "answers.jsonl").open("w", encoding="utf-8") as lines:
        for answer in _answers(folder, request):
            print(json.dumps(answer), file=lines, flush=True)


def _answers(folder: Path, request: dict) -> Iterator[dict[str, str]]:
    _beside("xla_off").disable_xla()
    array_file = _beside("array_file")
    import tensorflow as tf

    tf.get_logger().setLevel("ERROR")
    yield {"tensorflow": tf.__version__}
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        try:
            loaded = tf.compat.v1.saved_model.load(
                session, ["serve"], request["directory"]
            )
        except Exception as error:  # of whatever kind: it is what there is to tell
            yield {"error": _text(error)}
            return
        yield {"error": ""}
        for place, run in enumerate(request["runs"]):
            signature = loaded.signature_def[run["signature"]]
            outputs = {name: info.name for name, info in signature.outputs.items()}
            given = array_file.read(folder / run["inputs"])
            inputs = {signature.inputs[name].name: given[name] for name in given}
            try:
                values = session.run(outputs, inputs)
            except Exception as error:
                yield {"error": _text(error), "outputs": ""}
                continue
            array_file.write(folder / f"outputs-{place}.npz", values)
            yield {"error": "", "outputs": f"outputs-{place}.npz"}


def _text(error: Exception) -> str:
    """TensorFlow's own words without Python's account of where the node was made."""
    message = getattr(error, "message", None) or str(error)
    return f"{type(error).__name__}: {message}"


def _beside(name: str) -> ModuleType:
    """A module of this folder, which is no package here."""
    path = Path(__file__).with_name(f"{name}.py")
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    main(Path(sys.argv[1]))
