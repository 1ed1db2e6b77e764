"""`last_stage.json` of a run: written whole, and read only beside its own model.

An object with `format` (1; with sets 2), `model_sha256` (of the run's model.keras),
`classes`, `fitted_on` (`split`: validation, `samples`, `patients`,
`samples_per_class`), `scaling` (`method` and its numbers), and where there are any
`operating_point` (`rule`, `event`, `threshold`, and its `sensitivity` and `specificity`
on the validation split), `reject` (`rule`, `threshold` and its numbers) and `sets`
(`level`, the coverage wanted of each class, and `lowest`, by class the uncalibrated
probability from which on it is in a set).
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files, config_files
from zoo.evaluation.calibration import scaling
from zoo.evaluation.decisions.operating_point import OperatingPoint
from zoo.evaluation.last_stage.class_sets import ClassSets
from zoo.evaluation.last_stage.stage import FittedOn, LastStage
from zoo.evaluation.rejection import rules
from zoo.runs import json_objects
from zoo.runs.run import Run

# A file with sets is another format: a version that does not know them would answer
# without them. One without is what it was.
_FORMAT, _WITH_SETS = 1, 2
_SPLIT = "validation"


def write(path: Path, stage: LastStage) -> None:
    """Writes the file, whole or not at all."""
    content = {
        "format": _FORMAT if stage.sets is None else _WITH_SETS,
        "model_sha256": stage.model_sha256,
        "classes": list(stage.classes),
        "fitted_on": {"split": _SPLIT, **config_files.plain(stage.fitted_on)},
        "scaling": scaling.to_fields(stage.scaling),
    }
    if stage.operating_point is not None:
        content["operating_point"] = config_files.plain(stage.operating_point)
    if stage.reject is not None:
        content["reject"] = rules.to_fields(stage.reject)
    if stage.sets is not None:
        lowest = dict(zip(stage.classes, stage.sets.lowest))
        content["sets"] = {"level": stage.sets.level, "lowest": lowest}
    atomic_files.write_text(path, json_objects.text(content))


def of_run(run: Run) -> LastStage | None:
    """The stage of a run; none where it has no file.

    Raises:
        DataError: a damaged file, one of a newer format, or one that was fitted to
            another model.
    """
    path = run.last_stage_path
    if not path.is_file():
        return None
    stage = read(path)
    again = f"Fit it anew with `python -m zoo.calibrate {run.path}`, or remove the file"
    if stage.classes != run.classes:
        raise DataError(f"{path} has other classes than the run. {again}")
    run.require(run.model_path)
    if model_digest(run) != stage.model_sha256:
        raise DataError(f"{path} was fitted to another model than the run's. {again}")
    return stage


def of_runs(runs: Sequence[Run]) -> tuple[LastStage, ...]:
    """The stages of runs that answer together; empty where none has one.

    Raises:
        DataError: as `of_run`; or some have one and others have none.
    """
    stages = [of_run(run) for run in runs]
    without = [str(run.path) for run, stage in zip(runs, stages) if stage is None]
    if len(without) == len(runs):
        return ()
    if without:
        raise DataError(
            f"{', '.join(without)} has no last_stage.json, and other runs that go with "
            "it have one. Run python -m zoo.calibrate for all of them, or remove "
            "the file from all"
        )
    return tuple(stages)


def read(path: Path) -> LastStage:
    """What `write` wrote.

    Raises:
        DataError: no such file, a damaged one, or one of a newer format.
    """
    content = json_objects.read(path)
    number = json_objects.entry(content, "format", int, path=path)
    if number not in (_FORMAT, _WITH_SETS):
        raise DataError(
            f"{path} has the format {number}, and this version reads {_FORMAT} and "
            f"{_WITH_SETS}. Take the version of the software that wrote it, or run "
            "zoo.calibrate again"
        )
    fitted_on = dict(json_objects.entry(content, "fitted_on", dict, path=path))
    fitted_on.pop("split", None)
    point, reject = content.get("operating_point"), content.get("reject")
    classes = tuple(json_objects.texts(content, "classes", path=path))
    try:
        return LastStage(
            classes=classes,
            model_sha256=json_objects.entry(content, "model_sha256", str, path=path),
            fitted_on=_fitted_on(fitted_on),
            scaling=scaling.from_fields(
                json_objects.entry(content, "scaling", dict, path=path)
            ),
            operating_point=None
            if point is None
            else config_files.build(OperatingPoint, point, name="operating_point"),
            reject=None if reject is None else rules.from_fields(reject),
            sets=None if number == _FORMAT else _sets(content, classes, path),
        )
    except (DataError, UsageError, TypeError, ValueError) as error:
        raise DataError(
            f"{path} is damaged: {error}. Run python -m zoo.calibrate again"
        ) from error


def model_digest(run: Run) -> str:
    """SHA-256 of the run's model file, 64 hex digits."""
    with open(run.model_path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _sets(content: dict, classes: tuple[str, ...], path: Path) -> ClassSets:
    fields = json_objects.entry(content, "sets", dict, path=path)
    lowest = json_objects.entry(fields, "lowest", dict, path=path)
    if {*lowest} != {*classes}:
        raise ValueError(f"sets are of other classes. Received: {[*lowest]}")
    return ClassSets(
        level=json_objects.entry(fields, "level", float, path=path),
        lowest=tuple(lowest[name] for name in classes),
    )


def _fitted_on(fields: dict) -> FittedOn:
    counts = fields.pop("samples_per_class", {})
    numbers = [*counts.values(), *fields.values()]
    if not all(isinstance(number, int) for number in numbers):
        raise ValueError(f"counts are whole numbers. Received: {numbers}")
    return FittedOn(**fields, samples_per_class=counts)
