"""A model over evaluation batches: one row per sample, in the order of the data."""

from collections.abc import Iterable
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from tqdm import tqdm

from pipelines.errors import DataError
from zoo.training.data.target_encoding import inputs_of


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelOutputs:
    """What a model says of N samples.

    Args:
        sample_id, patient_id: pseudonyms, N each.
        target: the numbers of all targets, NaN = not known, `[N, T]`.
        outputs: of the model by name, `[N, ...]` float32.
    """

    sample_id: tuple[str, ...]
    patient_id: tuple[str, ...]
    target: np.ndarray
    outputs: dict[str, np.ndarray]


class Inference:
    """The inference model as one graph, without XLA; its weights stay the model's own.

    Args:
        model: from `volume` `[B, D, H, W, C]`, or from it and `covariates`, to a dict
            of outputs.
        features: whether its output `features` is among the outputs too.
    """

    def __init__(self, model: keras.Model, *, features: bool = False):
        inputs = keras.tree.map_structure(
            lambda tensor: tf.TensorSpec(tensor.shape, tensor.dtype), model.input
        )

        @tf.function(input_signature=[inputs], autograph=False, jit_compile=False)
        def forward(inputs) -> dict[str, tf.Tensor]:  # noqa: ANN001
            outputs = model(inputs, training=False)
            left_out = () if features else ("features",)
            return {name: outputs[name] for name in outputs if name not in left_out}

        self._forward = forward

    def predict(
        self, batches: Iterable, *, name: str, progress: bool = False
    ) -> ModelOutputs:
        """Goes over all `batches` once.

        Args:
            batches: of `pipelines.batches.dataset.eval_batches`.
            name: of the split, for errors and the progress bar.
        Raises:
            DataError: not a single sample.
        """
        parts = []
        for batch in tqdm(
            batches, desc=name, unit="batch", disable=None if progress else True
        ):
            outputs = self._forward(inputs_of(batch))
            ids = {name: batch[name] for name in ("sample_id", "patient_id", "target")}
            parts.append(
                {name: values.numpy() for name, values in (ids | outputs).items()}
            )
        if not parts:
            raise DataError(
                f"the {name} split is empty. Ingest with a split plan that gives it "
                "patients"
            )
        whole = {name: np.concatenate([p[name] for p in parts]) for name in parts[0]}
        return ModelOutputs(
            sample_id=tuple(name.decode() for name in whole.pop("sample_id")),
            patient_id=tuple(name.decode() for name in whole.pop("patient_id")),
            target=whole.pop("target"),
            outputs=whole,
        )
