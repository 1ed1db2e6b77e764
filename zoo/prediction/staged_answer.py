"""The answer of networks that have a last stage, of one or more samples."""

from collections.abc import Mapping, Sequence

import numpy as np

from pipelines.errors import DataError
from zoo.evaluation.last_stage import stage
from zoo.evaluation.last_stage.stage import PROBABILITIES, LastStage, Outputs
from zoo.targets.target_output import TargetOutput

UNCALIBRATED, SCORE, IS_UNKNOWN = "probabilities_uncalibrated", "score", "is_unknown"
PREDICTION_SET = "prediction_set"  # only where the stages have sets
_ALWAYS = (UNCALIBRATED, SCORE, IS_UNKNOWN)


def added(*, sets: bool) -> tuple[str, ...]:
    """Names of the outputs that stages add.

    Args:
        sets: whether they have sets of classes.
    """
    return (*_ALWAYS, PREDICTION_SET) if sets else _ALWAYS


def staged(
    answered: Outputs, each: Sequence[Outputs], stages: Sequence[LastStage]
) -> dict[str, np.ndarray]:
    """What `zoo.prediction.last_stage.answer` says, and what the stages make of it.

    Args:
        answered: of the networks together, `[N, ...]`; further targets stay as they
            are.
        each: the outputs of every network, `[N, ...]`.
        stages: of the networks.

    Returns:
        As `answered`, of the main target `probabilities` calibrated, float32 `[N, K]`,
        and `label` by the operating point; and `probabilities_uncalibrated`, float32
        `[N, K]`, `score`, float32 `[N]`, and `is_unknown`, bool `[N]`; with sets also
        `prediction_set`, bool `[N, K]`: see
        `zoo.evaluation.last_stage.stage.Answer`.
    """
    told = stage.answer(stages, each, [1.0] * len(stages))
    sets = {} if told.sets is None else {PREDICTION_SET: told.sets}
    return {
        **answered,
        PROBABILITIES: told.probabilities.astype(np.float32),
        "label": np.array(stages[0].classes)[told.label],
        UNCALIBRATED: answered[PROBABILITIES],
        SCORE: told.score.astype(np.float32),
        IS_UNKNOWN: told.is_unknown,
        **sets,
    }


def is_staged(outputs: Mapping[str, np.ndarray]) -> bool:
    """Whether outputs went through a last stage."""
    return IS_UNKNOWN in outputs


def check_names(target_outputs: Sequence[TargetOutput]) -> None:
    """Raises a DataError where a further target's output has a name that is added."""
    for target_output in target_outputs:
        if target_output.shown_output in added(sets=True):
            raise DataError(
                f"a run with a last stage has no further target that is called "
                f"{target_output.target.name}, for its {target_output.shown_output} "
                "are also those of the main target. Call it otherwise in the task, or "
                "remove last_stage.json"
            )
