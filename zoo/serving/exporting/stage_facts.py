"""What model.json says of the last stage: numbers, no path and nothing of a patient."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from pipelines.storage import config_files
from zoo.evaluation.calibration import scaling
from zoo.evaluation.last_stage.stage import LastStage
from zoo.evaluation.rejection import rules
from zoo.prediction import staged_answer
from zoo.runs.run import Run
from zoo.serving.description import SETS
from zoo.serving.exporting import file_digest

_SPLIT = "validation"
_FIGURES = "figures are of the networks' own answers, before the last stage"


def together(stages: Sequence[LastStage]) -> dict[str, Any]:
    """What answers follow: `outputs` that come with them, and where there is one the
    `operating_point` (`event`, `threshold`: of folds the mean), the rule to `reject`
    by, and of `sets` the `level`, and `too_few`: the classes that a network has in
    every set for want of validation samples.
    """
    first = stages[0]
    outputs = staged_answer.added(sets=first.sets is not None)
    facts: dict[str, Any] = {"outputs": list(outputs), "figures": _FIGURES}
    if first.operating_point is not None:
        thresholds = [stage.operating_point.threshold for stage in stages]
        facts["operating_point"] = {
            "event": list(first.operating_point.event),
            "threshold": float(np.mean(thresholds)),
        }
    if first.reject is not None:
        facts["reject"] = rules.name_of(first.reject)
    if first.sets is not None:
        scarce = {name for stage in stages for name in stage.too_few}
        facts[SETS] = {
            "level": first.sets.level,
            "too_few": [name for name in first.classes if name in scarce],
        }
    return facts


def in_words(stages: Sequence[LastStage]) -> str:
    """A line for people: the scaling, whom the label follows, what is unknown."""
    first, facts = stages[0], together(stages)
    scalings = dict.fromkeys(scaling.name_of(stage.scaling) for stage in stages)
    words = [f"scaling {' and '.join(scalings)}"]
    if "operating_point" in facts:
        point = facts["operating_point"]
        event = " or ".join(point["event"])
        words.append(f"{event} from a probability of {point['threshold']:.4g} on")
    if first.reject is not None:
        words.append(f"unknown by the {rules.IN_WORDS[facts['reject']]}")
    if first.sets is not None:
        words.append(f"sets that cover {100 * first.sets.level:g} % of each class")
    return ", ".join(words)


def of_run(run: Run, stage: LastStage) -> dict[str, Any]:
    """The stage of one run, with the `sha256` of its last_stage.json.

    `scaling` by name, and where there are any the whole `operating_point`, the `rule`
    and `threshold` to `reject` by, and of `sets` the `level` and by class the `lowest`
    probability in one; `fitted_on` how many.
    """
    facts: dict[str, Any] = {
        "sha256": file_digest.sha256(run.last_stage_path),
        "scaling": scaling.name_of(stage.scaling),
        "fitted_on": {"split": _SPLIT, **config_files.plain(stage.fitted_on)},
    }
    if stage.operating_point is not None:
        facts["operating_point"] = config_files.plain(stage.operating_point)
    if stage.reject is not None:
        threshold = stage.reject.threshold
        facts["reject"] = {
            "rule": rules.name_of(stage.reject),
            "threshold": threshold if math.isfinite(threshold) else str(threshold),
        }
    if stage.sets is not None:
        lowest = dict(zip(stage.classes, stage.sets.lowest))
        facts[SETS] = {"level": stage.sets.level, "lowest": lowest}
    return facts
