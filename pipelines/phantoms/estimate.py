"""How long a study cohort takes to write, and how much disk, before it is written."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.phantoms.plans.sequence_plan import SequencePlan
from pipelines.phantoms.plans.study_plan import DEFAULT_SCALE, StudyPlan
from pipelines.storage import output_paths

# Measured on one core of a 2-core machine, all shipped plans, quick and at scale 0.1.
_SECONDS_A_FILE = 1.6e-3
_SECONDS_A_VOXEL = 4.5e-7
_SECONDS_TO_START = 3.0
_HEADER_BYTES = 1700
_BYTES_A_VOXEL = 2
_ROWS = 0.9  # against columns, on the average


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a study cohort comes to.

    Args:
        patients: all that are written, those whom the task does not take among them.
        files: of DICOM.
    """

    patients: int
    files: int
    megabytes: float
    seconds: float

    def __str__(self) -> str:
        minutes = math.ceil(self.seconds / 60)
        time = f"{minutes} min" if self.seconds > 90 else f"{self.seconds:.0f} s"
        return (
            f"{self.patients} patients, about {self.files} files, "
            f"{max(1, round(self.megabytes))} MB, {time}"
        )


def check(*, scale: float, seed: int, workers: int) -> None:
    """Refuses what no cohort can be written with.

    Raises:
        UsageError: saying which, and what would do.
    """
    if not (math.isfinite(scale) and scale > 0):
        raise UsageError(f"the scale is above 0, 1 = as published. Received: {scale}")
    if seed < 0:
        raise UsageError(f"the seed is not negative. Received: {seed}")
    if workers < 1:
        raise UsageError(f"workers are 1 or more. Received: {workers}")


def check_place(out: str | os.PathLike) -> None:
    """Refuses a place where no cohort can be written.

    Raises:
        UsageError: it is there and not an empty directory, or can't be written.
        DataError: the disk is full.
    """
    directory = Path(out).absolute()
    if directory.exists() and not (directory.is_dir() and not any(directory.iterdir())):
        raise UsageError(
            f"{directory} exists and is not empty. Name a new directory, or remove it"
        )
    output_paths.check_directory(directory, "the cohort")


def estimate(
    plan: StudyPlan,
    *,
    scale: float = DEFAULT_SCALE,
    quick: bool = False,
    workers: int = 1,
) -> Estimate:
    """What the cohort of a plan comes to, on a machine such as the measured one.

    Raises:
        UsageError: a scale or number of workers that can't be.
    """
    check(scale=scale, seed=0, workers=workers)
    taken = plan.number_of_patients(scale=scale, quick=quick)
    left_out = [
        (row.why, plan.number_left_out(row, scale=scale, quick=quick))
        for row in plan.left_out
    ]
    examined = taken + sum(n for why, n in left_out if why != "no_images")
    slices = voxels = 0.0
    for sequence in plan.sequences:
        few, size = _extent(plan, sequence, quick)
        slices += examined * few
        voxels += examined * few * size
    work = slices * _SECONDS_A_FILE + voxels * _SECONDS_A_VOXEL
    return Estimate(
        patients=taken + sum(n for _, n in left_out),
        files=round(slices),
        megabytes=(slices * _HEADER_BYTES + voxels * _BYTES_A_VOXEL) / 1e6,
        seconds=_SECONDS_TO_START + work / workers,
    )


def _extent(
    plan: StudyPlan, sequence: SequencePlan, quick: bool
) -> tuple[float, float]:
    """Files of a sequence and voxels of each, on the average."""
    quantities = plan.quick if quick else plan
    slices = sequence.few_slices or sum(quantities.slices) / 2
    weightings = len(sequence.b_values) if sequence.kind == "diffusion" else 1
    columns = sequence.fineness * sum(quantities.matrix) / 2
    rows = columns * (1.0 if sequence.few_slices else _ROWS)
    return slices * len(sequence.planes) * weightings * sequence.share, rows * columns
