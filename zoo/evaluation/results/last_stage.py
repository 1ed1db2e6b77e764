"""What metrics.json says of a last stage: what it is, and what is better with it."""

from collections.abc import Sequence

import numpy as np

from zoo.evaluation.calibration import scaling
from zoo.evaluation.last_stage import staged as staged_predictions
from zoo.evaluation.last_stage.stage import LastStage
from zoo.evaluation.last_stage.staged import StagedPredictions
from zoo.evaluation.last_stage.unknown_samples import UnknownSamples
from zoo.evaluation.rejection import rules
from zoo.evaluation.results import calibration, decisions, rejection
from zoo.evaluation.results.settings import Settings

CONFORMAL_LEVEL = 0.9  # coverage of each class


def evaluate(
    samples: StagedPredictions,
    stages: Sequence[LastStage],
    evidence: dict,
    settings: Settings,
    prevalences: Sequence[float] = (),
    *,
    inside: np.ndarray | None = None,
    unknown_samples: UnknownSamples | None = None,
) -> tuple[dict, StagedPredictions]:
    """What a last stage adds to the evidence on the main target.

    - `last_stage`: `scaling`, `operating_point` (its rule, or null), `reject` (its
      rule, or null), `stages` (how many answer), and at the level of `calibration` the
      `accuracy` `before` and `after`, and `confusion`: counts, true by answered class
    - `calibration`: as it is there, with `after`
    - `operating_point`: where there is one, see `decisions.operating_point`
    - `decision_curve`: see `decisions.decision_curve`, at the first of the prevalences
    - `rejection`: see `rejection.rejection`, with `unknown`, see `rejection.unknown`,
      where there are samples of no known class
    - `conformal`: where there are sets, see `rejection.conformal`: of a stage with sets
      these, by sample as they are answered, but not of the split that they were fitted
      on

    Args:
        samples: of the last split, by sample.
        stages: of the networks that answer.
        evidence: on the target, with `calibration`.
        prevalences: of the event, among those whom the model will meet.
        inside: conformal sets, bool `[N, K]`, at the level of `calibration`, where the
            stages have none.
        unknown_samples: what was answered of samples of no known class.
    Returns:
        The entries, and the predictions at the level that they are on.
    """
    before = evidence["calibration"]
    staged = staged_predictions.at_level(samples, before["level"])
    after = calibration.of_predictions(staged.after, settings)
    content = {
        "last_stage": _described(staged, stages),
        "calibration": before | {"after": after},
    }
    if staged.event is not None:
        content["operating_point"] = decisions.operating_point(
            staged, stages, prevalences, settings
        )
    stated = prevalences[0] if prevalences else None
    content["decision_curve"] = decisions.decision_curve(staged, stated, settings)
    rejected = rejection.rejection(staged, stages, settings)
    if unknown_samples is not None:
        rejected["unknown"] = rejection.unknown(
            staged, unknown_samples.scores, unknown_samples.is_unknown, settings
        )
    content["rejection"] = rejected
    sets = stages[0].sets
    if sets is not None and before["split"] != "validation":
        content["conformal"] = rejection.conformal(
            samples.sets, samples, sets.level, settings, by="sample"
        )
    elif sets is None and inside is not None:
        content["conformal"] = rejection.conformal(
            inside, staged, CONFORMAL_LEVEL, settings
        )
    return content, staged


def _described(staged: StagedPredictions, stages: Sequence[LastStage]) -> dict:
    first = stages[0]
    point, reject = first.operating_point, first.reject
    truth = staged.after.label
    most = np.argmax(staged.before.probabilities, axis=1)
    classes = len(staged.after.names)
    cells = np.bincount(truth * classes + staged.label, minlength=classes**2)
    return {
        "scaling": scaling.name_of(first.scaling),
        "operating_point": None if point is None else point.rule,
        "reject": None if reject is None else rules.name_of(reject),
        "stages": len(stages),
        "accuracy": {
            "before": float(np.mean(most == truth)),
            "after": float(np.mean(staged.label == truth)),
        },
        "confusion": cells.reshape(classes, classes).tolist(),
    }
