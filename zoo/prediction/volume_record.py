"""A raw canonical volume to the record that ingest would have made of it."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from pipelines.canonical.canonicalise import Canonical
from pipelines.cohort import new_covariates
from pipelines.errors import UsageError
from pipelines.records.encode import Sample, encode
from pipelines.tasks.task import Task
from zoo.runs.run import Run

Value = float | str | None


def encode_volume(
    volume: np.ndarray,
    run: Run,
    *,
    fill: float | Sequence[float],
    present: Sequence[int] | None,
    covariates: Mapping[str, Value] | None,
) -> bytes:
    """The record of a volume, quantised as those that the run was trained on.

    For the arguments and errors see `zoo.prediction.predictor.Predictor.predict`.
    """
    task = run.task
    voxels = _voxels(volume, task)
    fills = _fills(fill, task)
    there = _present(present, task)
    for channel, is_there in enumerate(there):
        if not is_there:  # as ingest stores a sequence that a study lacks
            voxels[..., channel], fills[channel] = 0, 0.0
    sample = Sample(
        sample_id="",
        study_id="",
        patient_id="",
        canonical=Canonical(
            voxels=voxels, fill=tuple(fills), present=there, affine=np.eye(4)
        ),
        covariates=_covariates(covariates, run),
    )
    return encode(sample, task).record


def _voxels(volume: np.ndarray, task: Task) -> np.ndarray:
    """A copy as canonical studies are stored: float32, or int32 where it is integer."""
    volume = np.asarray(volume)
    if volume.shape != task.record_shape or volume.dtype.kind not in "iuf":
        raise UsageError(
            f"a volume of the task {task.name} is numbers [D, H, W, C] = "
            f"{task.record_shape}, with the channels {', '.join(task.channels)}. "
            f"Received: {volume.dtype} {volume.shape}"
        )
    if volume.dtype.kind == "f":
        return volume.astype(np.float32)
    limits = np.iinfo(np.int32)
    if volume.min() < limits.min or volume.max() > limits.max:
        return volume.astype(np.float32)
    return volume.astype(np.int32)


def _fills(fill: float | Sequence[float], task: Task) -> list[float]:
    fills = [float(value) for value in np.atleast_1d(np.asarray(fill, np.float64))]
    if len(fills) == 1:
        fills *= len(task.channels)
    if len(fills) != len(task.channels) or not all(map(math.isfinite, fills)):
        raise UsageError(
            "fill is a finite number, or one for each of the channels "
            f"{', '.join(task.channels)}. Received: {fill}"
        )
    return fills


def _present(present: Sequence[int] | None, task: Task) -> tuple[int, ...]:
    """1 or 0 for each channel, where the task lets studies lack one."""
    optional = task.optional_channels
    if not optional:
        if present is not None:
            raise UsageError(
                f"the task {task.name} has no sequence that a study may lack. Leave "
                f"present out. Received: {present}"
            )
        return (1,) * len(task.channels)
    there = () if present is None else tuple(int(value) for value in present)
    lacking = any(
        not has and channel not in optional
        for channel, has in zip(task.channels, there)
    )
    if len(there) != len(task.channels) or not {*there} <= {0, 1} or lacking:
        raise UsageError(
            f"present says 1 or 0 of each of {', '.join(task.channels)}; 0 only of "
            f"{', '.join(optional)}. Received: {present}"
        )
    return there


def _covariates(covariates: Mapping[str, Value] | None, run: Run) -> tuple[float, ...]:
    names = run.recipe.head.covariates
    if (covariates is not None) != bool(names):
        wanted = f"sees {', '.join(names)}" if names else "sees no covariates"
        cure = "Give them as covariates" if names else "Leave covariates out"
        raise UsageError(f"the network of {run.path} {wanted}. {cure}")
    if covariates is None:
        return (math.nan,) * len(run.task.covariates)
    cells = {name: _cell(value) for name, value in covariates.items()}
    return new_covariates.named(cells, run.task, names)


def _cell(value: Value) -> str:
    """A value as a table would have it; "" = not known."""
    if isinstance(value, str):
        return value
    return "" if value is None or math.isnan(value) else repr(float(value))
