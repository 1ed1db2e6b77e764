"""What folds answer together through their last stages, of the main target."""

from collections.abc import Sequence

import numpy as np

from zoo.evaluation.last_stage import conformal_sets
from zoo.evaluation.last_stage import staged as staged_predictions
from zoo.evaluation.last_stage.stage import LastStage
from zoo.evaluation.last_stage.staged import StagedPredictions
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import Predictions, of_split
from zoo.evaluation.results import last_stage
from zoo.runs.run import Run


def staged(
    runs: Sequence[Run], stages: Sequence[LastStage], split: str, *, shared: bool
) -> StagedPredictions:
    """The predictions of a split through each fold's own stage.

    Args:
        shared: whether the split is the same in all runs, whose mean answers; else the
            folds stand one after the other.
    """
    parts = _parts(runs, split)
    if shared:
        return staged_predictions.mean_of_runs(runs, stages, parts)
    each = map(staged_predictions.of_run, runs, stages, parts)
    return staged_predictions.joined([*each])


def conformal(
    runs: Sequence[Run], split: str, main: dict, *, shared: bool
) -> np.ndarray | None:
    """Conformal sets of the pooled samples, bool `[N, K]`.

    None of a split that would calibrate its own sets, nor of networks that answer
    together.

    Args:
        main: the evidence on the main target, with `calibration`.
        shared: as of `staged`.
    """
    if split == "validation" or shared:
        return None
    return conformal_sets.of_folds(
        _parts(runs, "validation"),
        _parts(runs, split),
        by=main["calibration"]["level"],
        level=last_stage.CONFORMAL_LEVEL,
    )


def _parts(runs: Sequence[Run], split: str) -> list[Predictions]:
    target = runs[0].target_outputs[0].target
    return [
        of_split(predictions_file.read(run.predictions_path, target), split)
        for run in runs
    ]
