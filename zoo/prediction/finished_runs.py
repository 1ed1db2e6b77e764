"""The runs whose networks predict together."""

import os
from collections.abc import Sequence

from zoo.prediction.model_facts import ModelFacts
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


def facts_of(runs: Sequence[Run]) -> ModelFacts:
    """What has to be known of runs that predict together, folds of one recipe."""
    from zoo.evaluation.last_stage import stage_file

    run, stages = runs[0], stage_file.of_runs(runs)
    sets = stages[0].sets if stages else None
    return ModelFacts(
        name=str(run.path),
        task=run.task,
        covariates=run.recipe.head.covariates,
        has_last_stage=bool(stages),
        set_level=None if sets is None else sets.level,
        channels=run.channels,
    )
