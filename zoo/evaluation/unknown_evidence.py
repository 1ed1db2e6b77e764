"""The evidence on classes that were held out of the training of runs."""

from collections.abc import Mapping, Sequence

import numpy as np

from zoo.evaluation.last_stage import staged as staged_predictions
from zoo.evaluation.last_stage import unknown_classes
from zoo.evaluation.last_stage.stage import LastStage
from zoo.evaluation.last_stage.staged import StagedPredictions
from zoo.evaluation.last_stage.unknown_classes import UnknownAnswers
from zoo.evaluation.predictions import average, predictions_file, unknown_file
from zoo.evaluation.predictions.by_patient import Levels
from zoo.evaluation.predictions.predictions import Predictions, of_split
from zoo.evaluation.predictions.unknown_file import UnknownPredictions
from zoo.evaluation.results import unknown_classes as results
from zoo.evaluation.results.settings import Settings
from zoo.runs.run import Run

_JUDGED = ("validation", "test")


def of_run(
    run: Run,
    stage: LastStage | None,
    splits: Mapping[str, Levels],
    main: dict,
    settings: Settings,
) -> dict | None:
    """The entry `unknown_classes` of a run; none of a run that knows all classes.

    Of the validation and the test split: `results.unknown_classes.evaluate`, and in
    each split `by_rule`, see there.

    Args:
        splits: what the run predicts of the main target.
        main: the evidence on it, with `calibration`.

    Raises:
        DataError: unknown.csv or features.npz is missing or damaged.
    """
    unknown = unknown_classes.read(run)
    if unknown is None:
        return None
    stages = [] if stage is None else [stage]
    level = main["calibration"]["level"]
    judged, answers = {}, {}
    for split in _JUDGED:
        if split in splits and split in unknown.split:
            known = splits[split].sample
            answers[split] = unknown_file.of_split(unknown, split)
            judged[split] = (
                _known([run], stages, [known], level),
                unknown_classes.of_runs([run], stages, [answers[split]], level=level),
            )
    content = results.evaluate(
        judged, stages, run.task.target.held_out_classes, level, settings
    )
    whole = predictions_file.read(run.predictions_path, run.task.target)
    for split, part in answers.items():
        content["splits"][split]["by_rule"] = _by_rule(
            [run], [whole], split, [part], settings
        )
    return content


def of_folds(
    runs: Sequence[Run],
    stages: Sequence[LastStage],
    split: str,
    main: dict,
    settings: Settings,
    *,
    shared: bool,
) -> dict | None:
    """The same of folds, of the one split that is pooled.

    Args:
        split: `"test"` or `"validation"`.
        shared: whether the split is the same in all runs: their mean is judged, without
            `by_rule`. Else each fold's own samples, one fold after the other.
    """
    every = [unknown_classes.read(run) for run in runs]
    if every[0] is None:
        return None
    level, target = main["calibration"]["level"], runs[0].task.target
    whole = [predictions_file.read(run.predictions_path, target) for run in runs]
    known = [of_split(part, split) for part in whole]
    unknown = [unknown_file.of_split(part, split) for part in every]
    judged = {}
    if shared and len(unknown[0]):
        judged[split] = (
            _known(runs, stages, known, level),
            unknown_classes.of_runs(runs, stages, unknown, level=level),
        )
    elif not shared and any(map(len, unknown)):
        single = [[stage] for stage in stages] or [[]] * len(runs)
        judged[split] = (
            staged_predictions.joined(
                [_known([r], s, [k], level) for r, s, k in zip(runs, single, known)]
            ),
            _joined(runs, single, unknown, level),
        )
    content = results.evaluate(judged, stages, target.held_out_classes, level, settings)
    if judged and not shared:
        content["splits"][split]["by_rule"] = _by_rule(
            runs, whole, split, unknown, settings
        )
    return content


def _known(
    runs: Sequence[Run],
    stages: Sequence[LastStage],
    parts: Sequence[Predictions],
    level: str,
) -> StagedPredictions:
    """What one run, or several together, answer of samples of the known classes."""
    if stages:
        answered = staged_predictions.mean_of_runs(runs, stages, parts)
    else:
        answered = unknown_classes.unstaged(average.mean(parts))
    return staged_predictions.at_level(answered, level)


def _joined(
    runs: Sequence[Run],
    stages: Sequence[Sequence[LastStage]],
    parts: Sequence[UnknownPredictions],
    level: str,
) -> UnknownAnswers:
    return unknown_classes.joined(
        [
            unknown_classes.of_runs([run], stage, [part], level=level)
            for run, stage, part in zip(runs, stages, parts, strict=True)
            if len(part)
        ]
    )


def _by_rule(
    runs: Sequence[Run],
    whole: Sequence[Predictions],
    split: str,
    unknown: Sequence[UnknownPredictions],
    settings: Settings,
) -> dict:
    """Of every rule, the scores of one run after the other.

    Args:
        whole: predictions of all splits, by run.
        unknown: of the split, by run.
    """
    each = [
        unknown_classes.scores_by_rule(run, predictions, split, part)
        for run, predictions, part in zip(runs, whole, unknown, strict=True)
    ]
    scores = {}
    for name in each[0]:
        of_rule = [scored[name] for scored in each]
        reasons = [reason for reason in of_rule if isinstance(reason, str)]
        scores[name] = (
            reasons[0] if reasons else tuple(map(np.concatenate, zip(*of_rule)))
        )
    known = [of_split(predictions, split).patient_id for predictions in whole]
    patients = (
        sum(known, ()),
        sum((part.patient_id for part in unknown), ()),
    )
    return results.by_rule(scores, patients, settings)
