"""A cross-validation on disk: its directory, and what it was begun with.

OUT/recipe.toml, cross_validation.json    what every fold is trained with
OUT/fold-0/, fold-1/, ...                 run directories
OUT/summary/                              the folds pooled: metrics.json, figures
OUT/holdout/                              the hold-out set, once it is asked for
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines.errors import DataError, UsageError
from pipelines.splits.roles import fold_names
from pipelines.storage import atomic_files, config_files
from zoo.recipes.recipe import Recipe
from zoo.runs.run import Run, check_new

if TYPE_CHECKING:  # it loads TensorFlow, and the command line is read before
    from pipelines.records.data_set import DataSet

RECIPE = "recipe.toml"
_FACTS = "cross_validation.json"


@dataclass(frozen=True, kw_only=True)
class CrossValidation:
    """A cross-validation on disk.

    Args:
        path: its directory.
        recipe: of every fold.
        data_digest: of the data set it was begun with.
        folds: their names, in order.
        holdout: whether patients were set aside before folding.
    """

    path: Path
    recipe: Recipe
    data_digest: str
    folds: tuple[str, ...]
    holdout: bool

    @property
    def runs(self) -> tuple[Path, ...]:
        """The run directory of each fold, made or not."""
        return tuple(self.path / f"fold-{fold}" for fold in self.folds)

    @property
    def summary_path(self) -> Path:
        """The evidence of all folds together."""
        return self.path / "summary"

    @property
    def holdout_path(self) -> Path:
        """The evidence on the patients set aside."""
        return self.path / "holdout"


def begin(
    path: str | os.PathLike, *, recipe: Recipe, data: "DataSet"
) -> CrossValidation:
    """Makes the directory; it appears whole.

    Raises:
        UsageError: `path` exists, or the data set has no folds.
        DataError: the directory can't be written.
    """
    check_new(path)
    path = Path(path)
    split = data.task.split
    folds = fold_names(data.groups, split)
    if not folds:
        raise UsageError(
            f"{data.path} is split by {split.kind} and has no folds. Leave --folds "
            "out, or ingest with [split] kind = 'folds' or 'site'"
        )
    facts = {
        "digest": data.digest,
        "folds": list(folds),
        "holdout": split.kind == "folds" and split.holdout > 0,
    }
    aside = path.with_name(f".{path.name}.part")
    shutil.rmtree(aside, ignore_errors=True)
    try:
        aside.mkdir(parents=True)
        atomic_files.write_text(aside / RECIPE, config_files.to_toml(recipe))
        atomic_files.write_text(aside / _FACTS, json.dumps(facts, indent=2) + "\n")
        os.replace(aside, path)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise DataError(
            f"{path} can't be written: {error.strerror}. Choose another --out"
        ) from error
    return opened(path)


def opened(path: str | os.PathLike) -> CrossValidation:
    """Reads what a cross-validation was begun with.

    Raises:
        DataError: `path` is none, or a file of it is damaged.
    """
    path = Path(path)
    try:
        facts = json.loads((path / _FACTS).read_text(encoding="utf-8"))
        return CrossValidation(
            path=path,
            recipe=config_files.load_toml(Recipe, path / RECIPE),
            data_digest=facts["digest"],
            folds=tuple(facts["folds"]),
            holdout=facts["holdout"],
        )
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"{path} is no cross-validation that `python -m zoo.train --folds all` "
            f"made: {_FACTS} is missing or damaged. Name its directory by --out"
        ) from error


def is_there(path: str | os.PathLike) -> bool:
    """Whether `path` is the directory of a cross-validation."""
    return (Path(path) / _FACTS).is_file()


def finished_runs(validation: CrossValidation) -> tuple[Run, ...]:
    """The runs of all folds, in order.

    Raises:
        DataError: a fold is not trained to its end, or was trained on other data.
    """
    missing = [
        fold
        for fold, path in zip(validation.folds, validation.runs, strict=True)
        if not (path / "metrics.json").is_file()
    ]
    if missing:
        raise DataError(
            f"{len(missing)} of {len(validation.folds)} folds of {validation.path} are "
            f"not trained to their end: {', '.join(missing)}. Go on with `python -m "
            f"zoo.train --folds all --out {validation.path} --resume` and the --data "
            "it was begun with"
        )
    runs = tuple(Run.open(path) for path in validation.runs)
    for run in runs:
        if run.data_digest != validation.data_digest:
            raise DataError(
                f"{run.path} was trained on another data set (digest "
                f"{run.data_digest}) than {validation.path} was begun with (digest "
                f"{validation.data_digest}). Copy the directory again, or begin anew"
            )
    return runs


def check_same_data(validation: CrossValidation, data: "DataSet") -> None:
    """Raises a DataError if it was begun with another data set."""
    if data.digest != validation.data_digest:
        raise DataError(
            f"{validation.path} was begun with another data set (digest "
            f"{validation.data_digest}). Received: one of digest {data.digest}. Name "
            "that one by --data, or begin anew"
        )
