"""What is compared: runs, cross-validations (also repeated ones), baselines, files.

How they are named: `places`.
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from pipelines.errors import DataError, UsageError
from pipelines.records.data_set import LEAKS
from pipelines.storage import config_files
from pipelines.tables import table_file
from pipelines.tasks.target import Target
from pipelines.tasks.task import Task
from zoo.evaluation.comparison.over_repeats import in_order_of
from zoo.evaluation.comparison.report.places import (
    BASELINE,
    DATA_SET,
    HOLDOUT,
    PREDICTIONS,
    Place,
    names_of,
)
from zoo.evaluation.predictions import average, predictions_file
from zoo.evaluation.predictions.by_patient import check_no_leak
from zoo.evaluation.predictions.predictions import Predictions, join, of_split
from zoo.runs import cross_validation, json_objects
from zoo.runs.run import Run

_TEST = "test"


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """Predictions to be compared.

    Args:
        name: that tables show.
        what: kind of source, and split.
        predictions: of one split, by sample.
        training: by fold, how many patients its network trained on; empty where that
            is not known.
        seen: patients of the split who trained the first weights.
        further: of a repeated cross-validation the repeats after the first, which this
            is; each of the same samples in the same order.
    """

    name: str
    what: str
    predictions: Predictions
    training: Mapping[str, int] = field(default_factory=dict)
    seen: int = 0
    further: "tuple[Source, ...]" = ()

    @property
    def repeats(self) -> "tuple[Source, ...]":
        """Each repeat by itself; of what was dealt once, or never, itself alone."""
        return (dataclasses.replace(self, further=()), *self.further)


def opened(
    places: Sequence[Place], *, split: str | None = None, target: str = ""
) -> list[Source]:
    """Reads all of them.

    A file without a task of its own is read with that of the first source that has
    one: its kind, and its classes in their order.

    Args:
        split: none = test, of a cross-validation that which its folds judge.
        target: name of a further target; "" = the main one.

    Raises:
        UsageError: a run has no such target, or none has one where it is needed.
        DataError: a file is missing or damaged, a patient stands in two splits, the
            split has no sample.
    """
    names = names_of(places)
    targets = [_target(each, target) for each in places]
    known = next((each for each in targets if each is not None), None)
    if target and known is None:
        raise UsageError(
            f"--target {target} names a further target of a run. Received: files alone"
        )
    return [
        _opened(each, name, own or known, split, target)
        for each, name, own in zip(places, names, targets)
    ]


def _target(place: Place, name: str) -> Target | None:
    """What is predicted, where the source says so."""
    path = place.path
    if place.is_repeated:
        path = place.repeat_paths[0]
        place = dataclasses.replace(place, path=path)
    if place.is_cross_validation:
        path = cross_validation.opened(path).runs[0]
    described = path / DATA_SET
    if table_file.is_file(path) or not described.is_file():
        return None
    content = json_objects.read(described)
    table = json_objects.entry(content, "task", dict, path=described)
    task = config_files.build(Task, table, name=DATA_SET)
    targets = {each.name: each for each in (task.target, *task.further_targets)}
    if name not in targets:
        further = ", ".join(filter(None, targets)) or "none"
        raise UsageError(f"{place.text} has no further target {name}. It has {further}")
    return targets[name]


def _opened(
    place: Place, name: str, target: Target | None, split: str | None, further: str
) -> Source:
    if place.is_repeated:
        return _of_repeats(place, name, target, split, further)
    if place.is_cross_validation:
        return _of_folds(place, name, target, split, further)
    split, seen = split or _TEST, 0
    if place.is_run:
        run = Run.resume(place.path)
        path = _file(run, place.part, further)
        what = "covariate baseline" if place.part else "run"
        seen = run.seen_patients.get(split, 0) if not place.part else 0
    else:
        path, what = place.path, "predictions"
        if path.is_dir():
            path = path / (f"predictions_{further}.csv" if further else PREDICTIONS)
    everything = _read(path, target)
    return Source(
        name=name,
        what=f"{what}, {split}{_mark(place)}",
        predictions=_split(everything, split, place.text),
        training=_training(everything),
        seen=seen,
    )


def _mark(place: Place) -> str:
    """Says of a run, its folds or an ensemble that its splits are of images."""
    for folder in (place.path, *sorted(place.path.glob("fold-*"))[:1]):
        for name in ("metrics.json", DATA_SET):
            if (folder / name).is_file():
                if json_objects.read(folder / name).get("split_by") == "image":
                    return f" ({LEAKS})"
                return ""
    return ""


def _of_repeats(
    place: Place, name: str, target: Target | None, split: str | None, further: str
) -> Source:
    """The first repeat, with the others in its order."""
    paths = place.repeat_paths
    first, *others = (
        _opened(dataclasses.replace(place, path=path), name, target, split, further)
        for path in paths
    )
    ordered = [
        dataclasses.replace(
            other, predictions=_in_order_of(first.predictions, other.predictions, place)
        )
        for other in others
    ]
    what = f"repeated {first.what}, the mean of {len(paths)} repeats"
    return dataclasses.replace(first, what=what, further=tuple(ordered))


def _in_order_of(first: Predictions, repeat: Predictions, place: Place) -> Predictions:
    try:
        return in_order_of(first, repeat)
    except DataError as error:
        raise DataError(f"{place.text}: {error}") from error


def _of_folds(
    place: Place, name: str, target: Target | None, split: str | None, further: str
) -> Source:
    """The folds' parts as one, or their networks' mean on the hold-out set."""
    validation = cross_validation.opened(place.path)
    runs = cross_validation.finished_runs(validation)
    holdout = place.part == HOLDOUT
    judged = _TEST if holdout else validation.judged
    if holdout and not validation.holdout:
        raise UsageError(
            f"{place.text}: no patients were set aside. Leave :{HOLDOUT} out"
        )
    if split not in (None, judged):
        raise UsageError(
            f"all folds of {place.path} together have one answer for every {judged} "
            f"patient. Received: --split {split}. Name a fold's run, or leave --split "
            "out"
        )
    parts, training = [], {}
    for run in runs:
        everything = _read(_file(run, place.part, further), target)
        parts.append(_split(everything, judged, str(run.path)))
        training |= _training(everything)
    pool: Callable[[Sequence[Predictions]], Predictions] = average.mean
    words = "mean of the folds' networks"
    if not holdout:
        pool, words = join, "parts of the folds"
    seen = [run.seen_patients.get(judged, 0) for run in runs]
    baseline = place.part == BASELINE
    return Source(
        name=name,
        what=f"{'covariate baseline of a ' if baseline else ''}cross-validation, "
        f"{judged}, {words} ({len(runs)}){_mark(place)}",
        predictions=pool(parts),
        training={} if holdout else training,
        seen=0 if baseline else max(seen) if holdout else sum(seen),
    )


def _file(run: Run, part: str, further: str) -> Path:
    if part != BASELINE:
        path = run.predictions_of(further)
        run.require(path)
        return path
    path = run.baseline_of(further)
    if not path.is_file():
        raise UsageError(
            f"{run.path} has no covariate baseline: it was trained without covariates. "
            f"Leave :{BASELINE} out, or train with covariates in the task"
        )
    return path


def _read(path: Path, target: Target | None) -> Predictions:
    predictions = predictions_file.read(path, target)
    try:
        check_no_leak(predictions)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    return predictions


def _split(predictions: Predictions, split: str, text: str) -> Predictions:
    part = of_split(predictions, split)
    if not len(part):
        there = ", ".join(sorted(set(predictions.split)))
        raise DataError(
            f"{text} has no sample of the split {split}. It has {there}. Choose by "
            "--split"
        )
    return part


def _training(everything: Predictions) -> dict[str, int]:
    """How many patients trained, by fold; empty where none is in the file."""
    patients, folds = np.array(everything.patient_id), np.array(everything.fold)
    trains = np.array(everything.split) == "train"
    return {
        str(fold): len(set(patients[trains & (folds == fold)]))
        for fold in np.unique(folds[trains])
    }
