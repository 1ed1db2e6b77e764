"""A model over evaluation batches: one row per sample, in the order of the data."""

from collections.abc import Iterable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from pipelines.errors import DataError
from zoo.learning.supervision import inputs_of


@dataclass(frozen=True, kw_only=True, eq=False)
class Answers:
    """What a model says of N samples.

    Args:
        sample_id, patient_id: pseudonyms, N each.
        label: index of the true class, int `[N]`.
        logits, probabilities: `[N, K]` float32.
    """

    sample_id: tuple[str, ...]
    patient_id: tuple[str, ...]
    label: np.ndarray
    logits: np.ndarray
    probabilities: np.ndarray


class Inference:
    """The inference model as one graph, without XLA; its weights stay the model's own.

    Args:
        model: from `volume` `[B, D, H, W, C]`, or from it and `covariates`, to a dict
            with `logits` and `probabilities`, `[B, K]` each.
    """

    def __init__(self, model: keras.Model):
        inputs = keras.tree.map_structure(
            lambda one: tf.TensorSpec(one.shape, one.dtype), model.input
        )

        @tf.function(input_signature=[inputs], autograph=False, jit_compile=False)
        def forward(inputs) -> tuple[tf.Tensor, tf.Tensor]:  # noqa: ANN001
            outputs = model(inputs, training=False)
            return outputs["logits"], outputs["probabilities"]

        self._forward = forward

    def answer(
        self, batches: Iterable, *, name: str, progress: bool = False
    ) -> Answers:
        """Goes over all `batches` once.

        Args:
            batches: of `pipelines.dataset.eval_batches`.
            name: of the split, for errors and the progress bar.
        Raises:
            DataError: not a single sample.
        """
        parts = []
        for batch in tqdm(
            batches, desc=name, unit="batch", disable=None if progress else True
        ):
            logits, probabilities = self._forward(inputs_of(batch))
            parts.append(
                (
                    batch["sample_id"].numpy(),
                    batch["patient_id"].numpy(),
                    batch["target"].numpy()[:, 0].astype(np.int64),
                    logits.numpy(),
                    probabilities.numpy(),
                )
            )
        if not parts:
            raise DataError(
                f"the {name} split is empty. Ingest with a split plan that gives it "
                "patients"
            )
        samples, patients, labels, logits, probabilities = map(
            np.concatenate, zip(*parts)
        )
        return Answers(
            sample_id=tuple(sample.decode() for sample in samples),
            patient_id=tuple(patient.decode() for patient in patients),
            label=labels,
            logits=logits,
            probabilities=probabilities,
        )
