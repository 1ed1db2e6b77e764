"""The run directory: made, opened and resumed; what lies where in it."""

import dataclasses
import json
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import DataError, UsageError
from pipelines.storage import atomic_files, config_files
from pipelines.tasks.task import Task
from zoo.recipes.recipe import Recipe
from zoo.targets.standardisation import NOTHING, Standards
from zoo.targets.target_output import TargetOutput, outputs_of_run

_RECIPE = "recipe.toml"
_DATA_SET = "dataset.json"
_ENVIRONMENT = "environment.json"
_STANDARDS = "standards.json"
_ON_DISK = {"column_statistics": "numbers"}  # of its fields, what the file calls them


@dataclass(frozen=True, kw_only=True)
class Run:
    """One training run on disk, and what it was begun with.

    Args:
        path: the directory.
        recipe: the complete effective recipe.
        task: of the data set it is trained on.
        data_digest: of that data set; resuming wants the same.
        fold: left out in training; none where the data set has no folds.
        data_named: whether it was begun with a data set of the user's, not the phantom.
        leaves_test: whether its test split stays unread.
        deterministic: whether it keeps to operations that repeat themselves.
        standards: computed on its training split when it was begun.
    """

    path: Path
    recipe: Recipe
    task: Task
    data_digest: str
    fold: str | None = None
    data_named: bool = True
    leaves_test: bool = False
    deterministic: bool = False
    standards: Standards = NOTHING

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
    def features_path(self) -> Path:
        """The pooled features of the same samples; older runs have none."""
        return self.path / "features.npz"

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
        path: str | os.PathLike,
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
            data_set_json: the text of the data set's dataset.json.
            environment: versions, platform and options; no paths, no names.
        Raises:
            UsageError: `path` exists.
            DataError: the directory can't be written.
        """
        check_new(path)
        path = Path(path)
        aside = path.with_name(f".{path.name}.part")
        shutil.rmtree(aside, ignore_errors=True)
        try:
            aside.mkdir(parents=True)
            atomic_files.write_text(aside / _RECIPE, config_files.to_toml(recipe))
            atomic_files.write_text(aside / _DATA_SET, data_set_json)
            facts = {"fold": fold, "seed": recipe.seed, **environment}
            atomic_files.write_text(
                aside / _ENVIRONMENT, json.dumps(facts, indent=2) + "\n"
            )
            if standards != NOTHING:
                text = json.dumps(_standards_on_disk(standards), indent=1)
                atomic_files.write_text(aside / _STANDARDS, text + "\n")
            os.replace(aside, path)
        except OSError as error:
            shutil.rmtree(aside, ignore_errors=True)
            raise DataError(
                f"the run directory {path} can't be written: {error.strerror}. Choose "
                "another --out"
            ) from error
        return cls.resume(path)

    @classmethod
    def resume(cls, path: str | os.PathLike) -> "Run":
        """Reads what a run was begun with, be it finished or not.

        Raises:
            DataError: `path` is no run directory, or a file of it is damaged.
        """
        path = Path(path)
        for name in (_RECIPE, _DATA_SET, _ENVIRONMENT):
            if not (path / name).is_file():
                raise DataError(
                    f"{path} is no run directory: it has no {name}. Name a directory "
                    "that `python -m zoo.train` made"
                )
        recipe = config_files.load_toml(Recipe, path / _RECIPE)
        described = _entry(path / _DATA_SET, "task")
        task = config_files.build(Task, described, name=_DATA_SET)
        return cls(
            path=path,
            recipe=recipe,
            task=task,
            data_digest=_entry(path / _DATA_SET, "digest"),
            fold=_entry(path / _ENVIRONMENT, "fold"),
            data_named=_entry(path / _ENVIRONMENT, "options").get("data") == "named",
            leaves_test=_leaves_test(path),
            deterministic=_entry(path / _ENVIRONMENT, "options").get(
                "deterministic", False
            ),
            standards=_standards(path / _STANDARDS, recipe, task),
        )

    @classmethod
    def open(cls, path: str | os.PathLike) -> "Run":
        """Opens a run whose training is finished.

        Raises:
            DataError: `path` is no run directory, or the run is unfinished.
        """
        run = cls.resume(path)
        run.require(run.model_path, run.predictions_path)
        return run

    def judge_test(self) -> "Run":
        """The same run, no longer leaving its test split; environment.json says so."""
        facts = _json(self.path / _ENVIRONMENT) | {"test_judged": True}
        text = json.dumps(facts, indent=2) + "\n"
        atomic_files.write_text(self.path / _ENVIRONMENT, text)
        return dataclasses.replace(self, leaves_test=False)

    def with_recipe(self, recipe: Recipe) -> "Run":
        """The run with another recipe, which takes the place of the one on disk.

        For what the recipe left open; before the first epoch alone.
        """
        atomic_files.write_text(self.path / _RECIPE, config_files.to_toml(recipe))
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


def check_new(path: str | os.PathLike) -> None:
    """Raises a UsageError if a run directory can't be made at `path`: it exists."""
    if os.path.exists(path):
        raise UsageError(
            f"{os.fspath(path)} exists. Choose another --out, or go on with an "
            "interrupted run by --resume"
        )


def default_path(recipe: Recipe, fold: str | None, now: float | None = None) -> Path:
    """`runs/<local time>-<arch>[-fold<fold>]` in the working directory.

    Args:
        now: seconds since 1970; none = the clock.
    """
    stamp = time.strftime("%Y%m%d-%H%M%S", time.localtime(now))
    suffix = "" if fold is None else f"-fold{fold}"
    return Path("runs") / f"{stamp}-{recipe.arch}{suffix}"


def _suffix(target: str) -> str:
    return f"_{target}" if target else ""


def _leaves_test(path: Path) -> bool:
    facts = _json(path / _ENVIRONMENT)
    left = facts["options"].get("leave_test", False)
    return left and not facts.get("test_judged", False)


def _standards(path: Path, recipe: Recipe, task: Task) -> Standards:
    """Those of a run, which fit its recipe and its task."""
    found = NOTHING
    if path.is_file():
        found = _standards_from_disk(_json(path), path.name)
    regressed = [one for one in task.targets if one.kind == "regression"]
    wanted = (
        *recipe.head.covariates,
        *(column for target in regressed for column in target.columns),
    )
    names = tuple(
        one.name for one in (*found.encoding.covariates, *found.column_statistics)
    )
    if names != wanted:
        raise DataError(
            f"{path} is not that of the run, which standardises "
            f"{', '.join(wanted) or 'nothing'}. Received: "
            f"{', '.join(names) or 'nothing'}. Copy the run again"
        )
    return found


def _standards_on_disk(standards: Standards) -> dict[str, Any]:
    plain = config_files.plain(standards)
    return {_ON_DISK.get(name, name): value for name, value in plain.items()}


def _standards_from_disk(content: Any, name: str) -> Standards:
    fields = {on_disk: field for field, on_disk in _ON_DISK.items()}
    if isinstance(content, dict):
        content = {fields.get(key, key): value for key, value in content.items()}
    return config_files.build(Standards, content, name=name)


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} can't be read: {error}") from error


def _entry(path: Path, key: str) -> Any:
    try:
        return _json(path)[key]
    except KeyError as error:
        raise DataError(
            f"{path} has no entry {key!r}: it is of another kind"
        ) from error
