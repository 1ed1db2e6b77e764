"""A repeated cross-validation on disk: its patients dealt into folds several times.

OUT/recipe.toml, repeats.json    what it was begun with
OUT/repeat-0/                    the cross-validation of the data set's own folds
OUT/repeat-1/, ...               the same patients dealt anew: cross-validations as well
OUT/data-1/, ...                 their data sets, while they are in training
OUT/summary/                     all repeats together: repeats.json, repeats.csv
"""

import os
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files, config_files
from zoo.recipes.recipe import Recipe
from zoo.runs import (
    json_objects,
    new_directory,
    recorded_recipe,
    repeated_ensemble,
    same_data,
)
from zoo.runs.cross_validation import RECIPE, folds_of

if TYPE_CHECKING:  # it loads TensorFlow, and the command line is read before
    from pipelines.records.data_set import DataSet

FORMAT = 1
_FACTS = "repeats.json"


@dataclass(frozen=True, kw_only=True)
class RepeatedCrossValidation:
    """A repeated cross-validation on disk.

    Args:
        path: its directory.
        recipe: of the first repeat; the others have other seeds.
        data_digest: of the data set it was begun with.
        repeats: how many, 2 or more.
    """

    path: Path
    recipe: Recipe
    data_digest: str
    repeats: int

    @property
    def paths(self) -> tuple[Path, ...]:
        """The directory of each repeat's cross-validation, made or not."""
        return tuple(self.path / f"repeat-{number}" for number in range(self.repeats))

    @property
    def summary_path(self) -> Path:
        """The evidence of all repeats together."""
        return self.path / "summary"

    def data_path(self, number: int) -> Path:
        """Where the data set of a repeat lies while it is in training."""
        return self.path / f"data-{number}"

    def recipe_of(self, number: int) -> Recipe:
        """The recipe of a repeat: with a seed of its own, counted from the first's."""
        return replace(self.recipe, seed=self.recipe.seed + number)


def check_data(data: "DataSet") -> None:
    """Raises a UsageError where patients can't be dealt into folds anew."""
    folds_of(data)
    if data.task.split.kind == "site":
        raise UsageError(
            f"{data.path} leaves out one site after the other, and sites can't be "
            "dealt anew. Leave --repeats out"
        )


def check_count(repeats: int) -> None:
    """Raises a UsageError for fewer than 2 repeats."""
    if repeats < 2:
        raise UsageError(
            f"--repeats is 2 or more. Received: {repeats}. Leave it out for folds that "
            "are dealt once"
        )


def begin(
    path: str | os.PathLike | None, *, recipe: Recipe, data: "DataSet", repeats: int
) -> RepeatedCrossValidation:
    """Makes the directory; it appears whole.

    Args:
        path: none = `runs/<time>-<arch>-repeats`, see `new_directory.make`.
    Raises:
        UsageError: `path` exists, or the data set can't be dealt anew.
        DataError: the directory can't be written.
    """
    check_count(repeats)
    check_data(data)
    new_directory.check_new(path)

    def write(directory: Path) -> None:
        atomic_files.write_text(directory / RECIPE, config_files.to_toml(recipe))
        facts = _facts(recipe, data.digest, repeats)
        atomic_files.write_text(directory / _FACTS, json_objects.text(facts))

    default = new_directory.default_path(f"{recipe.arch}-repeats")
    return opened(new_directory.make(path, default, write))


def discard(repeated: RepeatedCrossValidation) -> None:
    """Removes the directory unless a repeat was begun: its name is free again."""
    if not any(path.exists() for path in repeated.paths):
        shutil.rmtree(repeated.path)


def with_more(
    repeated: RepeatedCrossValidation, repeats: int
) -> RepeatedCrossValidation:
    """The same with more repeats, on disk too.

    Raises:
        UsageError: fewer than there are.
    """
    if repeats < repeated.repeats:
        raise UsageError(
            f"{repeated.path} was begun with {repeated.repeats} repeats. Give as many "
            f"or more, or leave --repeats out. Received: {repeats}"
        )
    facts = _facts(repeated.recipe, repeated.data_digest, repeats)
    atomic_files.write_text(repeated.path / _FACTS, json_objects.text(facts))
    return replace(repeated, repeats=repeats)


def _facts(recipe: Recipe, digest: str, repeats: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "digest": digest,
        "repeats": repeats,
        "recipe": recorded_recipe.table(recipe),
    }


def is_there(path: str | os.PathLike) -> bool:
    """Whether `path` is the directory of a repeated cross-validation."""
    return (Path(path) / _FACTS).is_file()


def check_none(path: str | os.PathLike) -> None:
    """Raises a UsageError where one run, cross-validation or ensemble is wanted."""
    if repeated_ensemble.is_there(path):
        raise UsageError(
            f"{path} is an ensemble of repeated cross-validations: its repeats judge a "
            f"choice, they are no one model. Name one of them: "
            f"{Path(path) / 'repeat-0'}"
        )
    if is_there(path):
        raise UsageError(
            f"{path} is a repeated cross-validation: its repeats judge a recipe, they "
            f"are no one model. Name one of them: {Path(path) / 'repeat-0'}"
        )


def opened(path: str | os.PathLike) -> RepeatedCrossValidation:
    """Reads what a repeated cross-validation was begun with.

    Raises:
        UsageError: `path` does not exist.
        DataError: `path` is none, a file of it is damaged, or its recipe was changed
            since it was begun.
    """
    path = Path(path)
    if not path.exists():
        raise UsageError(
            f"{path} does not exist. Name by --out a directory that `python -m "
            "zoo.train --folds all --repeats N` made"
        )
    if not is_there(path):
        raise DataError(
            f"{path} has no {_FACTS}: it was begun without --repeats. Leave --repeats "
            "out to go on with it, or begin anew in another --out"
        )
    file = path / _FACTS
    facts = json_objects.read(file)
    recipe = config_files.load_toml(Recipe, path / RECIPE)
    recorded_recipe.check(
        path / RECIPE, [json_objects.entry(facts, "recipe", dict, path=file)]
    )
    return RepeatedCrossValidation(
        path=path,
        recipe=recipe,
        data_digest=json_objects.entry(facts, "digest", str, path=file),
        repeats=json_objects.entry(facts, "repeats", int, path=file),
    )


def is_judged(path: Path) -> bool:
    """Whether a repeat is trained to its end and judged."""
    return (path / "summary" / "metrics.json").is_file()


def check_judged(repeated: RepeatedCrossValidation) -> None:
    """Raises a DataError where a repeat is not trained to its end."""
    missing = [path.name for path in repeated.paths if not is_judged(path)]
    if missing:
        raise DataError(
            f"{len(missing)} of {repeated.repeats} repeats of {repeated.path} are not "
            f"trained to their end: {', '.join(missing)}. Go on with `python -m "
            f"zoo.train --folds all --repeats {repeated.repeats} --out {repeated.path} "
            "--resume` and the --data it was begun with"
        )


def check_same_data(repeated: RepeatedCrossValidation, data: "DataSet") -> None:
    """Raises a DataError if it was begun with another data set."""
    same_data.check(repeated.path, repeated.data_digest, data)
