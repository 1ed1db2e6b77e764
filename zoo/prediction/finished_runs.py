"""The runs whose networks predict together."""

import os

from zoo.runs import cross_validation, repeats
from zoo.runs.run import Run


def by_fold(path: str | os.PathLike) -> dict[str, Run]:
    """The run at a path by "", or those of a cross-validation by the fold's name.

    Raises:
        UsageError: `path` does not exist, or is a repeated cross-validation.
        DataError: no finished run, or a fold that is missing.
    """
    repeats.check_none(path)
    if not cross_validation.is_there(path):
        return {"": Run.open(path)}
    validation = cross_validation.opened(path)
    runs = cross_validation.finished_runs(validation)
    return dict(zip(validation.folds, runs, strict=True))
