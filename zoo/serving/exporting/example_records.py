"""Records by which an export is held to the run that it comes from."""

import math
from dataclasses import dataclass

import numpy as np

from pipelines.batches import reading
from pipelines.batches.damaged_records import guard
from pipelines.canonical.canonicalise import Canonical
from pipelines.covariates.encoding import Encoding
from pipelines.records.data_set import DataSet
from pipelines.records.encode import Sample, encode
from pipelines.tasks.task import Task
from zoo.runs.run import Run

REAL, MADE_UP = 8, 4


@dataclass(frozen=True, kw_only=True)
class Examples:
    """Some records.

    Args:
        records: serialized.
        source: what they are, for people.
    """

    records: tuple[bytes, ...]
    source: str


def of_data_set(data: DataSet) -> Examples:
    """Its first records, of each shard in turn one.

    Raises:
        DataError: a shard is damaged.
    """
    records = reading.records(data, data.shards, in_turn=True).take(REAL)
    with guard(data):
        first = tuple(records.as_numpy_iterator())
    return Examples(records=first, source="records of the data set")


def made_up(run: Run) -> Examples:
    """Records of random bodies; the same run gives the same ones.

    In the last one is missing whatever may be: optional channels and covariates.
    """
    return Examples(
        records=tuple(
            _record(run.task, run.standards.encoding, seed, seed == MADE_UP - 1)
            for seed in range(MADE_UP)
        ),
        source="made-up records",
    )


def _record(task: Task, encoding: Encoding, seed: int, lacking: bool) -> bytes:
    drawn = np.random.default_rng(seed)
    present = tuple(
        int(not lacking or channel not in task.optional_channels)
        for channel in task.channels
    )
    voxels = drawn.gamma(2, 100, task.record_shape).astype(np.float32)
    voxels *= _body(task.grid.shape, drawn)[..., np.newaxis] * np.array(present)
    covariates = _covariates(task, encoding, drawn, lacking)
    canonical = Canonical(
        voxels=voxels.astype(np.float32),
        fill=(0.0,) * len(present),
        present=present,
        affine=np.eye(4),
    )
    sample = Sample(
        sample_id="",
        study_id="",
        patient_id="",
        canonical=canonical,
        covariates=covariates,
    )
    return encode(sample, task).record


def _body(shape: tuple[int, int, int], drawn: np.random.Generator) -> np.ndarray:
    """1 within an ellipsoid, brighter to one side; 0 outside. `[D, H, W]`."""
    axes = [np.linspace(-1, 1, size) if size > 1 else np.zeros(1) for size in shape]
    places = np.meshgrid(*axes, indexing="ij")
    radii = drawn.uniform(0.6, 1.1, 3)
    inside = sum((place / radius) ** 2 for place, radius in zip(places, radii)) <= 1
    tilt = sum(place * share for place, share in zip(places, drawn.uniform(0, 0.3, 3)))
    return inside * (1 + tilt)


def _covariates(
    task: Task, encoding: Encoding, drawn: np.random.Generator, lacking: bool
) -> tuple[float, ...]:
    """Near what the training split knew; of those that no network sees nothing."""
    by_name = {covariate.name: covariate for covariate in encoding.covariates}
    numbers = []
    for name in task.covariates:
        covariate = by_name.get(name)
        if lacking or covariate is None:
            numbers.append(math.nan)
        elif covariate.levels:
            numbers.append(float(drawn.integers(len(covariate.levels))))
        else:
            numbers.append(drawn.normal(covariate.mean, covariate.deviation))
    return tuple(numbers)
