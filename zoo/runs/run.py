"""The run directory: made, opened and resumed; what lies where in it."""

import dataclasses
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files, config_files
from pipelines.tasks.task import Task
from zoo.recipes.recipe import Recipe
from zoo.runs import (
    environment_file,
    json_objects,
    lock,
    new_directory,
    recorded_recipe,
    standards_file,
)
from zoo.targets.standardisation import NOTHING, Standards
from zoo.targets.target_output import TargetOutput, outputs_of_run

_RECIPE = "recipe.toml"
_DATA_SET = "dataset.json"
_ENVIRONMENT = "environment.json"
_STANDARDS = "standards.json"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One training run on disk, and what it was begun with.

    Args:
        path: the directory.
        recipe: the complete effective recipe.
        task: of the data set it is trained on.
        data_digest: of that data set; resuming wants the same.
        split_by: what that data set dealt to its splits, see `DataSet`.
        fold: left out in training; none where the data set has no folds.
        data_named: whether it was begun with a data set of the user's, not the phantom.
        leaves_test: whether its test split stays unread.
        deterministic: whether it keeps to operations that repeat themselves.
        standards: computed on its training split when it was begun.
        weights_sha256, origin_patients, seen_patients: see `environment_file.Facts`.
    """

    path: Path
    recipe: Recipe
    task: Task
    data_digest: str
    split_by: str = "patient"
    fold: str | None = None
    data_named: bool = True
    leaves_test: bool = False
    deterministic: bool = False
    standards: Standards = NOTHING
    weights_sha256: str = ""
    origin_patients: tuple[str, ...] = ()
    seen_patients: dict[str, int] = field(default_factory=dict)

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes in the order of the class index."""
        return self.task.target.classes

    @property
    def target_outputs(self) -> tuple[TargetOutput, ...]:
        """What the network learns, the main target first."""
        return outputs_of_run(self.task, self.standards)

    @property
    def channels(self) -> tuple[str, ...]:
        """Names of the network's input channels, in order."""
        return self.recipe.sequences or self.task.channels

    @property
    def model_path(self) -> Path:
        """The inference model with the best weights."""
        return self.path / "model.keras"

    @property
    def predictions_path(self) -> Path:
        """Of every sample of the train, validation and test split."""
        return self.predictions_of("")

    def predictions_of(self, target: str) -> Path:
        """Likewise of a further target, by its name; "" = the main one."""
        return self.path / f"predictions{_suffix(target)}.csv"

    def baseline_of(self, target: str) -> Path:
        """Likewise, of the regression on covariates alone; not every run has one."""
        return self.path / f"baseline{_suffix(target)}.csv"

    @property
    def unknown_path(self) -> Path:
        """Of every sample of a class that the recipe holds out, where it does."""
        return self.path / "unknown.csv"

    @property
    def features_path(self) -> Path:
        """The pooled features of the same samples; older runs have none."""
        return self.path / "features.npz"

    @property
    def last_stage_path(self) -> Path:
        """Scaling, operating point and reject rule; not every run has one."""
        return self.path / "last_stage.json"

    @property
    def metrics_path(self) -> Path:
        """The evidence, written last: where it is, the run is done."""
        return self.path / "metrics.json"

    @property
    def history_path(self) -> Path:
        """One row per whole epoch."""
        return self.path / "history.csv"

    @property
    def checkpoints_path(self) -> Path:
        """What an interrupted run goes on from, and the best model so far."""
        return self.path / "checkpoints"

    @property
    def range_test_path(self) -> Path:
        """How the learning rate was found, where the recipe left it open."""
        return self.path / "range_test.csv"

    @property
    def tensorboard_path(self) -> Path:
        """The history as TensorBoard event files."""
        return self.path / "tensorboard"

    @classmethod
    def create(
        cls,
        path: str | os.PathLike | None,
        *,
        recipe: Recipe,
        data_set_json: str,
        fold: str | None,
        environment: dict[str, Any],
        standards: Standards = NOTHING,
    ) -> "Run":
        """Makes the directory with recipe.toml, dataset.json and environment.json.

        It appears whole, by one rename. Where there are standards, they are
        standards.json.

        Args:
            path: none = `runs/<time>-<arch>`, with `-fold<fold>` if there is one; of
                runs that begin in the same second the later ones get a number.
            data_set_json: the text of the data set's dataset.json.
            environment: versions, platform and options; no paths, no names.
        Raises:
            UsageError: `path` exists.
            DataError: the directory can't be written.
        """
        facts = {
            "fold": fold,
            "seed": recipe.seed,
            **environment,
            **environment_file.of_recipes(recorded_recipe.table(recipe)),
        }

        def write(directory: Path) -> None:
            atomic_files.write_text(directory / _RECIPE, config_files.to_toml(recipe))
            atomic_files.write_text(directory / _DATA_SET, data_set_json)
            text = json_objects.text(facts)
            atomic_files.write_text(directory / _ENVIRONMENT, text)
            standards_file.write(directory / _STANDARDS, standards)

        suffix = "" if fold is None else f"-fold{fold}"
        default = new_directory.default_path(f"{recipe.arch}{suffix}")
        return cls.resume(new_directory.make(path, default, write))

    @classmethod
    def resume(cls, path: str | os.PathLike) -> "Run":
        """Reads what a run was begun with, be it finished or not.

        Raises:
            UsageError: `path` does not exist.
            DataError: `path` is no run directory, a file of it is damaged, or the
                recipe was changed since it was begun.
        """
        path = Path(path)
        if not path.exists():
            raise UsageError(
                f"{path} does not exist. Name a directory that `python -m zoo.train` "
                "made"
            )
        for name in (_RECIPE, _DATA_SET, _ENVIRONMENT):
            if not (path / name).is_file():
                raise DataError(
                    f"{path} is no run directory: it has no {name}. Name a directory "
                    "that `python -m zoo.train` made"
                )
        recipe = config_files.load_toml(Recipe, path / _RECIPE)
        facts = environment_file.read(path / _ENVIRONMENT)
        recorded_recipe.check(path / _RECIPE, facts.recipes)
        described = path / _DATA_SET
        content = json_objects.read(described)
        table = json_objects.entry(content, "task", dict, path=described)
        task = config_files.build(Task, table, name=_DATA_SET)
        return cls(
            path=path,
            recipe=recipe,
            task=task,
            data_digest=json_objects.entry(content, "digest", str, path=described),
            split_by=str(content.get("split_by", "patient")),
            fold=facts.fold,
            data_named=facts.data_named,
            leaves_test=facts.leaves_test,
            deterministic=facts.deterministic,
            standards=standards_file.read(path / _STANDARDS, recipe, task),
            weights_sha256=facts.weights_sha256,
            origin_patients=facts.origin_patients,
            seen_patients=facts.seen_patients,
        )

    @classmethod
    def open(cls, path: str | os.PathLike) -> "Run":
        """Opens a run whose training is finished.

        Raises:
            UsageError: `path` does not exist.
            DataError: `path` is no run directory, or the run is unfinished.
        """
        run = cls.resume(path)
        run.require(run.model_path, run.predictions_path)
        return run

    def judge_test(self) -> "Run":
        """The same run, no longer leaving its test split; environment.json says so.

        Raises:
            UsageError, DataError: as `zoo.runs.lock.held`.
        """
        with lock.held(self.path):
            environment_file.edit(self.path / _ENVIRONMENT, test_judged=True)
        return dataclasses.replace(self, leaves_test=False)

    def with_recipe(self, recipe: Recipe) -> "Run":
        """The run with another recipe, which takes the place of the one on disk.

        For what the recipe left open; before the first epoch alone. Both may be there
        while one takes the other's place, so a process can end anywhere in between.
        """
        facts, old = self.path / _ENVIRONMENT, recorded_recipe.table(self.recipe)
        new = recorded_recipe.table(recipe)
        environment_file.edit(facts, **environment_file.of_recipes(old, new))
        atomic_files.write_text(self.path / _RECIPE, config_files.to_toml(recipe))
        environment_file.edit(facts, **environment_file.of_recipes(new))
        return dataclasses.replace(self, recipe=recipe)

    def require(self, *needed: Path) -> None:
        """Raises a DataError if one of the files of a finished run is missing."""
        for file in needed:
            if not file.is_file():
                raise DataError(
                    f"run {self.path} is unfinished: it has no {file.name}. Finish it "
                    f"with `python -m zoo.train --out {self.path} --resume` and the "
                    "--data it was begun with"
                )


def _suffix(target: str) -> str:
    return f"_{target}" if target else ""
