"""What metrics.json says of one target, all but the figures."""

import copy
from collections.abc import Mapping

from zoo.evaluation.predictions.by_patient import Levels
from zoo.evaluation.results import calibration, label_calibration
from zoo.evaluation.results.by_kind import RESULTS
from zoo.evaluation.results.description import Description
from zoo.evaluation.results.settings import Settings
from zoo.recipes.recipe import Recipe

FORMAT = 1


def evaluate(
    splits: Mapping[str, Levels], description: Description, settings: Settings
) -> dict:
    """Everything of `metrics.json` on one target but the figures."""
    predictions = next(iter(splits.values())).sample
    return {
        "format": FORMAT,
        "task": description.task,
        "unit": description.unit,
        **RESULTS[predictions.kind.name].described(predictions),
        "confidence": settings.confidence,
        "design": settings.design,
        "bootstrap": {"resamples": settings.bootstrap, "seed": settings.seed},
        "splits": _metrics(splits, settings),
        **_calibration(splits, settings),
    }


def _calibration(splits: Mapping[str, Levels], settings: Settings) -> dict:
    """Of classes and grades, and of labels each by itself; numbers have none."""
    kind = next(iter(splits.values())).sample.kind
    if kind.single_label:
        return {"calibration": calibration.of_last_split(splits, settings)}
    if kind.binary:
        return {"calibration": label_calibration.of_last_split(splits, settings)}
    return {}


def evaluate_baseline(
    splits: Mapping[str, Levels], recipe: Recipe, settings: Settings
) -> dict:
    """What `metrics.json` says of the regression on covariates alone."""
    return {
        "covariates": list(recipe.baseline_covariates),
        "splits": _metrics(splits, settings),
    }


def _metrics(splits: Mapping[str, Levels], settings: Settings) -> dict:
    """By split and level; by patient undefined where most patients are mixed."""
    metrics = {}
    for split, levels in splits.items():
        results = RESULTS[levels.sample.kind.name]
        if levels.patient is None:
            patients = len(set(levels.sample.patient_id))
            reason = (
                f"{len(levels.mixed)} of {patients} patients have samples of "
                f"different {results.truth}"
            )
            patient = {"defined": False, "reason": reason}
        else:
            patient = results.level(levels.patient, settings)
            if levels.mixed:
                names = [*levels.mixed]
                patient["left_out"] = {"patients": len(names), "names": names}
        alone = levels.patient is not None and len(levels.patient) == len(levels.sample)
        sample = (
            copy.deepcopy(patient)
            if alone  # each patient is its one sample
            else results.level(levels.sample, settings)
        )
        metrics[split] = {"patient": patient, "sample": sample}
    return metrics
