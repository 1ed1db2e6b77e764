"""The evidence of a repeated cross-validation: all repeats' pooled folds together.

Every patient is judged once in each repeat, by a network that has not learned from
them. A figure is the mean over the repeats. Its interval is over patients, who are the
same in all repeats: of objectives with contributions (areas, means) each patient's are
averaged over the repeats, and Student's t taken of them, see `comparison.spread`; of
others the same patients are resampled in every repeat. So repeats do not make patients
more: they take the luck of one deal out of the figure, and no more. How far the deal
alone moves it, the standard deviation over the repeats says.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipelines.errors import DataError
from pipelines.storage import atomic_files, csv_files
from pipelines.tasks.target import Target
from pipelines.terminal.table import align
from zoo.evaluation.comparison import over_repeats
from zoo.evaluation.comparison.objectives import Objective, named, names_of
from zoo.evaluation.comparison.spread import spread
from zoo.evaluation.metrics.bootstrap import resampled
from zoo.evaluation.metrics.intervals import Interval, percentile
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.by_patient import (
    by_patient,
    mixed_patients,
    patient_index,
)
from zoo.evaluation.predictions.predictions import Predictions, join, of_split
from zoo.evaluation.results.entries import interval_fields
from zoo.evaluation.results.metric_text import number, significant, title
from zoo.evaluation.results.settings import Settings, of_recipe
from zoo.runs import cross_validation, json_objects
from zoo.runs.repeats import RepeatedCrossValidation
from zoo.runs.run import Run

FORMAT, RESULT = 1, "repeats.json"
_TITLES = {"val_auc": "auc", "val_accuracy": "accuracy", "val_loss": "loss"}
_COLUMNS = ("target", "figure", "repeat", "value", "sd", "low", "high", "method")


def write(
    repeated: RepeatedCrossValidation,
    *,
    settings: Settings | None = None,
    out: Path | None = None,
) -> dict:
    """Writes `repeats.json` and `repeats.csv` of finished repeats.

    `repeats.json`, which is also what is returned:

    - `format`: 1; `repeats`: how many; `split`: which of each fold was judged
    - `confidence`; `bootstrap`: `resamples`, `seed`
    - `targets`: by name, "" = the main one; each with `kind`, `level` (`patient`, or
      `sample` where patients have samples of several classes), `patients`, and
      `figures`: by name, as `objectives.OBJECTIVES` has them (`auc`, `accuracy` and
      `loss` without their `val_`): `value` (mean over the repeats), `sd` (over the
      repeats, R - 1), `repeats` (the value in each), and `interval`: `method` (`t` or
      `bootstrap`), `low`, `high`, or nulls and a `reason`

    Args:
        settings: of the intervals; none = the recipe's.
        out: directory to write to; none = the cross-validation's `summary/`.

    Raises:
        DataError: a fold of a repeat is not trained to its end, or the repeats have not
            the same patients.
    """
    settings = settings or of_recipe(repeated.recipe)
    validations = [cross_validation.opened(path) for path in repeated.paths]
    runs = [cross_validation.finished_runs(validation) for validation in validations]
    split = validations[0].judged
    outputs = runs[0][0].target_outputs
    targets = {
        output.target.name: evaluate(
            [_pooled(folds, output.target, split) for folds in runs], settings
        )
        for output in outputs
    }
    result = content(targets, repeats=repeated.repeats, split=split, settings=settings)
    save(out or repeated.summary_path, result)
    return result


def content(targets: dict, *, repeats: int, split: str, settings: Settings) -> dict:
    """What `repeats.json` holds, from what `evaluate` says of each target."""
    return {
        "format": FORMAT,
        "repeats": repeats,
        "split": split,
        "confidence": settings.confidence,
        "bootstrap": {"resamples": settings.bootstrap, "seed": settings.seed},
        "targets": targets,
    }


def save(folder: Path, result: dict) -> None:
    """Writes `repeats.json` and `repeats.csv`.

    Raises:
        DataError: the folder can't be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        rows = _rows(result["targets"])
        csv_files.write(folder / "repeats.csv", _COLUMNS, rows)
        atomic_files.write_text(folder / RESULT, json_objects.text(result))
    except OSError as error:
        raise DataError(
            f"{folder} can't be written: {error.strerror}. Choose another --out"
        ) from error


def _pooled(folds: Sequence[Run], target: Target, split: str) -> Predictions:
    """What the folds of a repeat predict of those whom they judge."""
    return join(
        [
            of_split(
                predictions_file.read(run.predictions_of(target.name), target), split
            )
            for run in folds
        ]
    )


def evaluate(repeats: Sequence[Predictions], settings: Settings) -> dict:
    """The figures of one target.

    Args:
        repeats: the pooled predictions of each, of the same samples.

    Raises:
        DataError: other samples.
    """
    first = repeats[0]
    if not len(first):
        return {"kind": first.kind.name, "reason": "no sample knows it"}
    aligned = [over_repeats.in_order_of(first, repeat) for repeat in repeats]
    level = "sample" if mixed_patients(first) else "patient"
    if level == "patient":
        aligned = [by_patient(repeat) for repeat in aligned]
    figures = {}
    for name in names_of(first.kind):
        objective = named(name)
        if objective.from_predictions(first.kind):
            figures[_TITLES.get(name, name)] = _figure(aligned, objective, settings)
    return {
        "kind": first.kind.name,
        "level": level,
        "patients": len(set(first.patient_id)),
        "figures": figures,
    }


def _figure(
    repeats: Sequence[Predictions], objective: Objective, settings: Settings
) -> dict:
    values = [objective.of(repeat) for repeat in repeats]
    known = [value if np.isfinite(value) else None for value in values]
    if None in known:
        reason = f"undefined in {known.count(None)} of {len(known)} repeats"
        interval = Interval(method="bootstrap", reason=reason)
        return {"value": None, "sd": None, "repeats": known} | _fields(interval)
    interval = _by_contributions(repeats, objective, settings)
    if interval is None:
        interval = _by_bootstrap(repeats, objective, settings)
    return {
        "value": float(np.mean(values)),
        "sd": float(np.std(values, ddof=1)) if len(values) > 1 else None,
        "repeats": known,
    } | _fields(interval)


def _fields(interval: Interval) -> dict:
    return {"interval": {"method": interval.method, **interval_fields(interval)}}


def _by_contributions(
    repeats: Sequence[Predictions], objective: Objective, settings: Settings
) -> Interval | None:
    """Student's t of the patients' mean contributions; none where there are none."""
    together = over_repeats.of(repeats, objective, "pooled")
    if together is None:
        return None
    found = spread(together)
    if found.reason:
        return Interval(method="t", reason=found.reason)
    half = found.half(settings.confidence)
    least, largest = objective.range
    return Interval(
        method="t",
        low=max(least, together.value - half),
        high=min(largest, together.value + half),
    )


def _by_bootstrap(
    repeats: Sequence[Predictions], objective: Objective, settings: Settings
) -> Interval:
    patient = patient_index(repeats[0])
    score = over_repeats.scorer(repeats, objective, "pooled")
    replicates = resampled(
        lambda weights: {"mean": score(weights)},
        patient,
        stratum=np.zeros(patient.max() + 1, np.int64),
        resamples=settings.bootstrap,
        seed=settings.seed,
    )
    return percentile(replicates["mean"], settings.confidence)


def _rows(targets: dict) -> list[list]:
    """A row for every repeat of a figure, and one for their mean."""
    rows = []
    for target, result in targets.items():
        for name, figure in result.get("figures", {}).items():
            start, ends = [target, name], figure["interval"]
            rows += [
                [*start, number, _text(value), "", "", "", ""]
                for number, value in enumerate(figure["repeats"])
            ]
            numbers = (figure["value"], figure["sd"])
            mean, deviation = map(_text, numbers)
            low, high = _text(ends["low"]), _text(ends["high"])
            rows.append([*start, "mean", mean, deviation, low, high, ends["method"]])
    return rows


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:.9g}"


def text(result: dict) -> str:
    """The tables for the terminal."""
    parts = [
        f"{result['repeats']} repeats of all folds, {result['split']} predictions "
        f"pooled in each. In brackets: {100 * result['confidence']:g}% intervals over "
        "patients; sd: over the repeats, the luck of the deal."
    ]
    for name, target in result["targets"].items():
        if name:
            parts.append(f"further target {name}")
        parts.append(_table(target))
    return "\n\n".join(parts)


def _table(target: dict) -> str:
    if "figures" not in target:
        return f"note: {target['reason']}"
    figures = target["figures"]
    count = max(len(figure["repeats"]) for figure in figures.values())
    heads = [f"repeat {repeat}" for repeat in range(count)]
    by = f"by {target['level']}, {target['patients']} patients"
    rows = [[by, "mean over repeats", "sd", *heads]]
    for name, figure in figures.items():
        ends = figure["interval"]
        mean = number(figure["value"], significant)
        if ends["low"] is not None:
            low, high = significant(ends["low"]), significant(ends["high"])
            mean += f" ({low} to {high})"
        each = (number(value, significant) for value in figure["repeats"])
        rows.append([title(name), mean, number(figure["sd"], significant), *each])
    reasons = {
        f"note: {title(name)}: {figure['interval']['reason']}"
        for name, figure in figures.items()
        if "reason" in figure["interval"]
    }
    return "\n".join([align(rows), *sorted(reasons)])
