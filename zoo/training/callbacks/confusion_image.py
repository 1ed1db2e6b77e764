"""The confusion matrix of the validation split as a picture, epoch by epoch."""

import tempfile
from pathlib import Path

import numpy as np
import tensorflow as tf

from zoo.evaluation.figures import classification_plots
from zoo.targets.target_output import TargetOutput
from zoo.training.loop.inference import ModelOutputs


def drawn(
    model_outputs: ModelOutputs, target_output: TargetOutput
) -> np.ndarray | None:
    """Pixels `[h, w, 3]` uint8; none for a target that has not one class a sample."""
    if not target_output.kind.single_label:
        return None
    counts = counted(model_outputs, target_output)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "confusion.png"
        heading = f"Validation, by sample (n = {counts.sum()})"
        classification_plots.confusion(
            path, counts, target_output.target.classes, heading=heading
        )
        return tf.io.decode_png(path.read_bytes(), channels=3).numpy()


def counted(model_outputs: ModelOutputs, target_output: TargetOutput) -> np.ndarray:
    """True class by most probable class, int `[K, K]`."""
    classes = len(target_output.target.classes)
    truth = target_output.values_of(model_outputs.target)[:, 0].astype(np.int64)
    predicted = np.argmax(model_outputs.outputs["probabilities"], axis=1)
    cells = np.bincount(truth * classes + predicted, minlength=classes**2)
    return cells.reshape(classes, classes)
