"""Trains all repeats of a cross-validation, one after the other."""

import shutil
from collections.abc import Callable

from pipelines.errors import DataError
from pipelines.ingestion import redealt
from pipelines.records.data_set import DataSet
from pipelines.records.directory import open_dataset
from zoo.runs import cross_validation, lock
from zoo.runs.cross_validation import CrossValidation
from zoo.runs.repeats import RepeatedCrossValidation, is_judged

TrainFolds = Callable[[CrossValidation, DataSet], tuple[str, ...]]


def train(
    repeated: RepeatedCrossValidation,
    data: DataSet,
    train_folds: TrainFolds,
    judge: Callable[[CrossValidation], object],
) -> None:
    """Trains the repeats that are not done yet, and judges each when its folds are.

    The first is of the data set's own folds. For another the patients are dealt into a
    data set in the directory, which goes when the repeat is judged: the same seed gives
    the same bytes, so it can be made again. A fold that fails keeps neither the other
    folds nor the other repeats from being trained.

    Args:
        train_folds: from a repeat's cross-validation and data set to the names of the
            folds that failed.
        judge: writes the summary of a repeat.

    Raises:
        UsageError: the options do not fit the data set or the network, or another
            process trains here.
        DataError: folds failed, after all others were trained; or the directory can't
            be written.
        KeyboardInterrupt: the fold in training was interrupted.
    """
    failed = {}
    with lock.held(repeated.path, runs_inside=True):
        for number, path in enumerate(repeated.paths):
            if is_judged(path):
                continue
            part = _dealt(repeated, number, data)
            validation = _validation(repeated, number, part)
            folds = train_folds(validation, part)
            if folds:
                failed[path.name] = folds
                continue
            judge(validation)
            shutil.rmtree(repeated.data_path(number), ignore_errors=True)
    if failed:
        listed = "; ".join(f"{name}: {', '.join(f)}" for name, f in failed.items())
        raise DataError(
            f"folds of {len(failed)} of {repeated.repeats} repeats failed: {listed}. "
            "Mend what the messages above say, then go on with the same command and "
            "--resume"
        )


def check(repeated: RepeatedCrossValidation, data: DataSet) -> None:
    """Raises what dealing the patients anew would, before anything is trained.

    Of a repeat that is judged, or dealt, there is nothing left to deal.
    """
    for number, path in enumerate(repeated.paths):
        place = repeated.data_path(number)
        if number and not is_judged(path) and not place.is_dir():
            redealt.check(data, place, folds=data.task.split.folds)
            return


def _validation(
    repeated: RepeatedCrossValidation, number: int, data: DataSet
) -> CrossValidation:
    """The cross-validation of a repeat, made if need be."""
    path = repeated.paths[number]
    if not path.exists():
        recipe = repeated.recipe_of(number)
        return cross_validation.begin(path, recipe=recipe, data=data)
    validation = cross_validation.opened(path)
    cross_validation.check_same_data(validation, data)
    return validation


def _dealt(repeated: RepeatedCrossValidation, number: int, data: DataSet) -> DataSet:
    """The data set of a repeat, made if need be."""
    if number == 0:
        return data
    path = repeated.data_path(number)
    return open_dataset(path) if path.is_dir() else redealt.repeat(data, path, number)
