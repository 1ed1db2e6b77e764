"""A cross-validation on disk: its directory, and what it was begun with.

OUT/recipe.toml, cross_validation.json    what every fold is trained with
OUT/fold-0/, fold-1/, ...                 run directories
OUT/summary/                              the folds pooled: metrics.json, figures
OUT/holdout/                              the hold-out set, once it is asked for
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import DataError, UsageError
from pipelines.pseudonyms import with_letter
from pipelines.splits.roles import fold_names
from pipelines.storage import atomic_files, config_files
from zoo.recipes.recipe import Recipe
from zoo.runs import json_objects, lock, new_directory, recorded_recipe, same_data
from zoo.runs.run import Run

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
        folders: of their runs; of a cross-validation of before that leaves out sites
            they keep the names that sites had then.
        holdout: whether patients were set aside before folding.
        judged: the split of its folds that pools to the summary, `"test"` or
            `"validation"`.
    """

    path: Path
    recipe: Recipe
    data_digest: str
    folds: tuple[str, ...]
    folders: tuple[str, ...]
    holdout: bool
    judged: str

    @property
    def runs(self) -> tuple[Path, ...]:
        """The run directory of each fold, made or not."""
        return tuple(self.path / folder for folder in self.folders)

    @property
    def summary_path(self) -> Path:
        """The evidence of all folds together."""
        return self.path / "summary"

    @property
    def holdout_path(self) -> Path:
        """The evidence on the patients set aside."""
        return self.path / "holdout"


def folds_of(data: "DataSet") -> tuple[str, ...]:
    """Names of the folds of a data set.

    Raises:
        UsageError: it has none.
    """
    split = data.task.split
    folds = fold_names(data.groups, split)
    if not folds:
        raise UsageError(
            f"{data.path} is split by {split.kind} and has no folds. Leave --folds "
            "out, or ingest with [split] kind = 'folds' or 'site'"
        )
    return folds


def has_holdout(data: "DataSet") -> bool:
    """Whether patients were set aside before folding."""
    split = data.task.split
    return split.kind == "folds" and split.holdout > 0


def begin(
    path: str | os.PathLike | None, *, recipe: Recipe, data: "DataSet"
) -> CrossValidation:
    """Makes the directory; it appears whole.

    Args:
        path: none = `runs/<time>-<arch>-folds`, see `new_directory.make`.
    Raises:
        UsageError: `path` exists, or the data set has no folds.
        DataError: the directory can't be written.
    """
    new_directory.check_new(path)
    facts = {
        "digest": data.digest,
        "folds": list(folds_of(data)),
        "holdout": has_holdout(data),
        "tested": data.task.split.kind != "validation_folds",
        "recipe": recorded_recipe.table(recipe),
    }

    def write(directory: Path) -> None:
        atomic_files.write_text(directory / RECIPE, config_files.to_toml(recipe))
        atomic_files.write_text(directory / _FACTS, json_objects.text(facts))

    default = new_directory.default_path(f"{recipe.arch}-folds")
    return opened(new_directory.make(path, default, write))


def discard(validation: CrossValidation) -> None:
    """Removes the directory unless a fold was begun: its name is free again.

    Raises:
        UsageError: another process holds it; then it stays.
    """
    with lock.held(validation.path, runs_inside=True):
        if not any(run.exists() for run in validation.runs):
            shutil.rmtree(validation.path)


def opened(path: str | os.PathLike) -> CrossValidation:
    """Reads what a cross-validation was begun with.

    Raises:
        UsageError: `path` does not exist.
        DataError: `path` is none, a file of it is damaged, or its recipe was changed
            since it was begun.
    """
    path = Path(path)
    if not path.exists():
        raise UsageError(
            f"{path} does not exist. Name by --out a directory that `python -m "
            "zoo.train --folds all` made"
        )
    if not (path / _FACTS).is_file():
        raise DataError(
            f"{path} is no cross-validation that `python -m zoo.train --folds all` "
            f"made: it has no {_FACTS}. Name its directory by --out"
        )
    facts = json_objects.read(path / _FACTS)

    def entry(key: str, kind: type) -> Any:
        return json_objects.entry(facts, key, kind, path=path / _FACTS)

    recipe = config_files.load_toml(Recipe, path / RECIPE)
    recorded = [entry("recipe", dict)] if "recipe" in facts else []
    recorded_recipe.check(path / RECIPE, recorded)
    names = json_objects.texts(facts, "folds", path=path / _FACTS)
    holdout = entry("holdout", bool)
    tested = not holdout and ("tested" not in facts or entry("tested", bool))
    return CrossValidation(
        path=path,
        recipe=recipe,
        data_digest=entry("digest", str),
        folds=tuple(map(with_letter, names)),
        folders=tuple(f"fold-{name}" for name in names),
        holdout=holdout,
        judged="test" if tested else "validation",
    )


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
    same_data.check(validation.path, validation.data_digest, data)
