"""A sweep on disk: its directory, and what it was begun with.

OUT/sweep.json         what must not change while it goes on
OUT/recipe.toml        what stays fixed in all trials
OUT/space.toml         what is searched
OUT/data/              the re-dealt data set, with --folds
OUT/data-1/, ...       the same patients dealt anew, with --repeats
OUT/oracle/            KerasTuner's own project directory
OUT/trials/<id>/       trial.json, recipe.toml, fold-<name>/
OUT/best.toml          the recipe of the best trial
"""

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files, config_files
from tuning.trials import trial as trials
from tuning.trials.trial import Trial
from zoo.recipes.recipe import Recipe
from zoo.runs import json_objects

FORMAT = 1
FACTS = "sweep.json"
RECIPE = "recipe.toml"
SPACE = "space.toml"

Tuner = Literal["random", "bayesian", "hyperband", "grid", "optuna"]
Aggregate = Literal["mean", "pooled"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a sweep was begun with and must go on with.

    Args:
        tuner: what suggests the values.
        objective: of the validation patients.
        direction: `"max"` where more of it is better, or `"min"`.
        aggregate: of the folds: the mean of their figures, or the figure of all their
            predictions together.
        folds: their names, of all repeats (`tuning.trials.repeats`); `("",)` = the
            data set's one validation split.
        repeats: how often the folds are dealt.
        seed: of the suggestions and of the dealing of folds.
        data_digest: of the data set that the command line named.
        space_digest: of what is searched.
        recipe_digest: of what stays fixed.
        code: digest of the source and the versions that a fold's figure depends on.
        deterministic: as of `zoo.train`.
        abandonment: the rule by which trials are given up; none = never.
        left_out: the outer fold whose patients aren't seen, in a nested sweep.
        outer_folds: how many, in the sweep that has the nested ones; 0 = none.
    """

    tuner: Tuner
    objective: str
    direction: Literal["max", "min"]
    aggregate: Aggregate = "mean"
    folds: tuple[str, ...] = ("",)
    repeats: int = 1
    seed: int = 0
    data_digest: str = ""
    space_digest: str = ""
    recipe_digest: str = ""
    code: dict[str, str] = field(default_factory=dict)
    deterministic: bool = False
    abandonment: dict[str, Any] | None = None
    left_out: str | None = None
    outer_folds: int = 0

    @property
    def folds_each(self) -> int:
        """How many folds a deal has."""
        return len(self.folds) // self.repeats


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """A sweep on disk.

    Args:
        path: its directory.
        settings: what it was begun with.
        accepted_code: other versions of the code that it went on with.
    """

    path: Path
    settings: Settings
    accepted_code: tuple[dict[str, str], ...] = ()

    @property
    def recipe(self) -> Recipe:
        """What stays fixed; trials change it."""
        return config_files.load_toml(Recipe, self.path / RECIPE)

    @property
    def space_path(self) -> Path:
        """The space as a file."""
        return self.path / SPACE

    @property
    def data_path(self) -> Path:
        """The re-dealt data set, where there is one."""
        return self.path / "data"

    def repeat_path(self, repeat: int) -> Path:
        """The re-dealt data set of a repeat, from 0."""
        return repeat_path(self.data_path, repeat)

    @property
    def oracle_path(self) -> Path:
        """KerasTuner's project directory."""
        return self.path / "oracle"

    @property
    def best_path(self) -> Path:
        """The recipe of the best trial so far."""
        return self.path / "best.toml"

    @property
    def trials_path(self) -> Path:
        """One directory for each trial."""
        return self.path / "trials"

    def trial_path(self, trial_id: str) -> Path:
        """Directory of a trial."""
        return self.trials_path / trial_id

    def fold_path(self, trial_id: str, fold: str) -> Path:
        """Directory of a trial's fold."""
        return self.trial_path(trial_id) / trials.fold_folder(fold)

    def trial(self, trial_id: str) -> Trial | None:
        """A trial as its file has it; none where it is not begun."""
        return trials.read(self.trial_path(trial_id))

    @property
    def code_digest(self) -> str:
        """Of the code that it goes on with: what was accepted last."""
        versions = (self.settings.code, *self.accepted_code)
        return versions[-1].get("digest", "")


def begin(
    path: Path,
    *,
    settings: Settings,
    recipe: Recipe,
    space: str,
    deal: Callable[[Path], None] | None = None,
) -> Sweep:
    """Makes the directory of a new sweep; it appears whole.

    Args:
        space: text of space.toml.
        deal: writes the re-dealt data set into the directory that it is given, and
            those of further repeats beside it, see `repeat_path`.

    Raises:
        UsageError: `path` holds something already.
        DataError: it can't be written.
    """
    facts = _facts(settings, ())
    try:
        with atomic_files.new_directory(path) as aside:
            if path.exists() and any(path.iterdir()):
                raise UsageError(f"{path} holds something else. Choose another --out")
            atomic_files.write_text(aside / RECIPE, config_files.to_toml(recipe))
            atomic_files.write_text(aside / SPACE, space)
            (aside / "trials").mkdir()
            if deal is not None:
                deal(aside / "data")
            atomic_files.write_text(aside / FACTS, json_objects.text(facts))
    except OSError as error:
        raise DataError(
            f"the sweep's directory {path} can't be written: {error.strerror}. Choose "
            "another --out, or free some space"
        ) from error
    return opened(path)


def repeat_path(data: Path, repeat: int) -> Path:
    """Where the data set of a repeat lies, beside the first one."""
    return data if repeat == 0 else data.with_name(f"{data.name}-{repeat}")


def is_there(path: Path) -> bool:
    """Whether `path` is the directory of a sweep."""
    return (path / FACTS).is_file()


def opened(path: str | Path) -> Sweep:
    """Reads what a sweep was begun with.

    Raises:
        UsageError: `path` does not exist.
        DataError: `path` is none, or its file is damaged or of a later version.
    """
    path = Path(path)
    if not path.exists():
        raise UsageError(
            f"{path} does not exist. Name a directory that `python -m tuning.search` "
            "made"
        )
    if not is_there(path):
        raise DataError(
            f"{path} is no sweep that `python -m tuning.search` made: it has no {FACTS}"
        )
    content = json_objects.read(path / FACTS)
    if content.pop("format", None) != FORMAT:
        raise DataError(
            f"{path / FACTS} is of another version. Received: a format other than "
            f"{FORMAT}. Read it with the version that wrote it"
        )
    accepted = tuple(content.pop("accepted_code", ()))
    settings = config_files.build(Settings, content, name=FACTS)
    return Sweep(path=path, settings=settings, accepted_code=accepted)


def accept_code(sweep: Sweep, code: Mapping[str, str]) -> Sweep:
    """The sweep, which from now on goes on with another version of the code."""
    accepted = (*sweep.accepted_code, dict(code))
    facts = _facts(sweep.settings, accepted)
    atomic_files.write_text(sweep.path / FACTS, json_objects.text(facts))
    return replace(sweep, accepted_code=accepted)


def discard(sweep: Sweep) -> None:
    """Removes the directory of a sweep that has no trial yet."""
    if not any(sweep.trials_path.iterdir()):
        shutil.rmtree(sweep.path)


def _facts(settings: Settings, accepted: tuple[dict[str, str], ...]) -> dict[str, Any]:
    """What sweep.json says."""
    fields = config_files.plain(settings)
    return {"format": FORMAT, **fields, "accepted_code": list(accepted)}
