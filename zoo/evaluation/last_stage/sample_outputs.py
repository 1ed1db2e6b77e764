"""What a last stage looks at, of samples whose predictions are on disk."""

from collections.abc import Sequence

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.last_stage.stage import PROBABILITIES
from zoo.evaluation.predictions.predictions import Predictions
from zoo.evaluation.rejection.rules import FEATURES, LOGITS
from zoo.runs import features
from zoo.runs.run import Run


def outputs_of(
    run: Run, predictions: Predictions, needs: Sequence[str]
) -> dict[str, np.ndarray]:
    """Outputs of the run's network by name, `[N, ...]`, in the order of the samples.

    Args:
        predictions: of the run.
        needs: of a stage, see `LastStage.needs`; features are read from features.npz.

    Raises:
        DataError: no features.npz, or none of a sample.
    """
    outputs = {PROBABILITIES: predictions.probabilities}
    if LOGITS in needs:
        outputs[LOGITS] = predictions.outputs["logit"]
    if FEATURES in needs:
        outputs[FEATURES] = _features(run, predictions)
    return outputs


def _features(run: Run, predictions: Predictions) -> np.ndarray:
    known = features.read(run.features_path)
    rows = {sample: row for row, sample in enumerate(known.sample_id)}
    missing = [sample for sample in predictions.sample_id if sample not in rows]
    if missing:
        raise DataError(
            f"{run.features_path} has no features of {len(missing)} sample(s), e.g. "
            f"{missing[0]}. Write it anew: python -m zoo.evaluate RUN --data DATASET"
        )
    return known.features[[rows[sample] for sample in predictions.sample_id]]
