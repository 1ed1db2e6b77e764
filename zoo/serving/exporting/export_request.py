"""What is to be exported, checked before TensorFlow is loaded."""

from __future__ import annotations

import dataclasses
import importlib.util
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipelines import open_dataset
from pipelines.errors import DataError, UsageError
from zoo.ensembling import ensemble as ensembles
from zoo.ensembling import member, task_groups
from zoo.ensembling.ensemble import Ensemble
from zoo.ensembling.task_groups import TaskGroup
from zoo.evaluation.last_stage import stage, stage_file
from zoo.evaluation.last_stage.stage import LastStage
from zoo.prediction import finished_runs, staged_answer
from zoo.runs import same_data
from zoo.runs.run import Run
from zoo.serving.exporting import task_data, version_directory
from zoo.serving.model_root import versions

if TYPE_CHECKING:
    from pipelines.records.data_set import DataSet

PRECISIONS = ("float32", "bfloat16", "float16")
_ONNX_PACKAGES = ("tf2onnx", "onnxruntime")
_LARGEST_VERSION = 2**63 - 1  # of the server
_BESIDE_WEIGHTS_BYTES = 2**25  # the graph, the warm-up
_MEGABYTE = 2**20


@dataclass(frozen=True, kw_only=True)
class ExportRequest:
    """An export that may begin.

    Args:
        path: of the run, of all folds of a cross-validation, or of an ensemble.
        runs: whose networks answer together; of an ensemble member by member.
        ensemble: how they do, where they are an ensemble's; else their mean.
        groups: its members by task, where they are of several; each task then has an
            input of its own.
        name: of the model.
        root: the model root.
        version: its number, which is free.
        precision: of the networks' arithmetic, one of `PRECISIONS`.
        onnx: whether an ONNX file goes with it.
        data: the data set that the runs were trained on, whose records the export is
            held to; none = made-up ones.
        task_data: the same for each of the groups; empty = made-up ones.
        server_python: a Python with the TensorFlow of the server, which loads the
            export as well; none = this one alone.
        stages: the last stage of each run; empty = their networks answer alone, as
            those of an ensemble always do.
    """

    path: Path
    runs: tuple[Run, ...]
    name: str
    root: Path
    version: int
    ensemble: Ensemble | None = None
    precision: str = "float32"
    onnx: bool = False
    data: DataSet | None = None
    task_data: tuple[DataSet, ...] = ()
    groups: tuple[TaskGroup, ...] = ()
    server_python: str | None = None
    stages: tuple[LastStage, ...] = ()

    @property
    def target(self) -> Path:
        """The directory of the version."""
        return self.root / self.name / str(self.version)

    @property
    def run(self) -> Run:
        """Whose task, channels and targets they are; of folds the first one.

        Of an ensemble with the channels that any of its members sees.
        """
        first = self.runs[0]
        if all(run.channels == first.channels for run in self.runs):
            return first
        seen = {name for run in self.runs for name in run.channels}
        channels = tuple(name for name in first.task.channels if name in seen)
        recipe = dataclasses.replace(first.recipe, sequences=channels)
        return dataclasses.replace(first, recipe=recipe)


def checked(
    path: str | os.PathLike,
    *,
    name: str,
    to: str | os.PathLike,
    version: int | None = None,
    precision: str = "float32",
    onnx: bool = False,
    data: str | Sequence[str] | None = None,
    server_python: str | None = None,
    without_stage: bool = False,
) -> ExportRequest:
    """Finds the runs, the data set and a place for the version.

    Args:
        version: its number; none = the next one.
        data: directory of the runs' data set, of an ensemble of several tasks those
            of all; none = made-up records.
        server_python: see `ExportRequest`.
        without_stage: whether a last stage that the runs have stays behind.

    Raises:
        UsageError: a path that does not exist, a name that a model can't have, a
            version that is none or is there, a precision that is none, packages that
            are not installed, or a last stage that ONNX would not hold.
        DataError: no finished run, a last stage that is not of the run or that not all
            folds have, another data set, or too little space on the disk.
    """
    versions.check_name(name)
    if precision not in PRECISIONS:
        raise UsageError(
            f"a precision is one of {', '.join(PRECISIONS)}. Received: {precision!r}"
        )
    if version is None:
        version = versions.next_version(to, name)
    if not 1 <= version <= _LARGEST_VERSION:
        raise UsageError(
            f"a version is a number from 1 to {_LARGEST_VERSION}. Received: {version}"
        )
    if onnx:
        _check_onnx()
    ensemble, runs, groups = _answering(path)
    if groups and onnx:
        raise UsageError(
            f"the members of {path} take records of several tasks, and --onnx is of "
            "what takes volumes of one. Leave --onnx out, or export the members singly"
        )
    named = [data] if isinstance(data, str) else [*(data or ())]
    if len(named) > 1 and not groups:
        raise UsageError(
            "--data is named once, but for an ensemble whose members are of several "
            f"tasks. Received: {', '.join(named)}"
        )
    data_sets = [open_dataset(each) for each in named]
    request = ExportRequest(
        path=Path(path),
        runs=runs,
        ensemble=ensemble,
        groups=groups,
        name=name,
        root=Path(to),
        version=version,
        precision=precision,
        onnx=onnx,
        data=data_sets[0] if data_sets and not groups else None,
        task_data=task_data.of_groups(groups, data_sets),
        server_python=server_python,
        stages=() if without_stage or ensemble is not None else _stages(runs, onnx),
    )
    version_directory.check_new(request.target)
    if request.data is not None:
        same_data.check(request.path, request.run.data_digest, request.data)
    _check_space(request)
    return request


def _stages(runs: Sequence[Run], onnx: bool) -> tuple[LastStage, ...]:
    """The last stage of each run, by which `zoo.predict` answers too."""
    stages = stage_file.of_runs(runs)
    if not stages:
        return ()
    stage.check_alike(stages)
    staged_answer.check_names(runs[0].target_outputs)
    if onnx:
        raise UsageError(
            f"--onnx holds no last stage, and there is {runs[0].last_stage_path}: its "
            "probabilities would be uncalibrated. Leave --onnx out, or export the "
            "network alone, in both forms, by --without-stage"
        )
    return stages


def _answering(
    path: str | os.PathLike,
) -> tuple[Ensemble | None, tuple[Run, ...], tuple[TaskGroup, ...]]:
    """The ensemble at a path, if it is one, the runs that answer, and its groups.

    Raises:
        UsageError: members of several tasks whose studies can't be told to be the
            same, or of one task that want covariates of their own.
    """
    if not ensembles.is_there(path):
        return None, tuple(finished_runs.by_fold(path).values()), ()
    ensemble = ensembles.opened(path)
    members = member.reopened(ensemble)
    runs = tuple(each.runs[fold] for each in members for fold in ensemble.folds)
    groups = task_groups.of_members(ensemble, members)
    if len(groups) > 1:
        return ensemble, runs, groups
    if len({run.recipe.head.covariates for run in runs}) > 1:
        raise UsageError(
            f"the members of {path} see different covariates, and a served model is "
            "given those of one list. Export the members singly"
        )
    return ensemble, runs, ()


def _check_onnx() -> None:
    missing = [
        name for name in _ONNX_PACKAGES if importlib.util.find_spec(name) is None
    ]
    if missing:
        raise UsageError(
            f"--onnx wants {' and '.join(missing)}, which are not installed here. "
            "Install them by pip install 'mri-volume-zoo[onnx]', or leave --onnx out"
        )


def _check_space(request: ExportRequest) -> None:
    weights = sum(run.model_path.stat().st_size for run in request.runs)
    wanted = (2 if request.onnx else 1) * weights + _BESIDE_WEIGHTS_BYTES
    folders = (request.root, *request.root.absolute().parents)
    free = shutil.disk_usage(next(path for path in folders if path.exists())).free
    if free < wanted:
        raise DataError(
            f"{request.root} has {free // _MEGABYTE} MB of free space, and the export "
            f"wants {wanted // _MEGABYTE}. Free some, or choose another --to"
        )
