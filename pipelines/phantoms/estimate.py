"""How long a study cohort takes to write, and how much disk, before it is written."""

import math
import os
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.phantoms.plans.cohort_plan import (
    FEW_SLICES,
    SMALL_MATRIX,
    LeftOut,
)
from pipelines.phantoms.plans.sequence_plan import SequencePlan
from pipelines.phantoms.plans.study_plan import DEFAULT_SCALE, StudyPlan
from pipelines.storage import output_paths

# Processor time on one core of a 2-core machine; benchmarks/phantom_estimates.py holds
# it against that of all shipped plans.
_SECONDS_A_FILE = 3e-3
_SECONDS_A_VOXEL = 3e-7
_SECONDS_TO_START = 1.0
_HEADER_BYTES = 1500
_BLOCK_BYTES = 4096  # of a disk: of a file's last one half is empty, on the average
_BYTES_A_VOXEL = 2
_ROWS = 0.9  # against columns, on the average


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What a study cohort comes to.

    Args:
        patients: all that are written, those whom the task does not take among them.
        files: of DICOM.
        megabytes: that they take on a disk, in blocks of 4 KiB.
        seconds: of the processor, shared by the workers: the wall clock's where no
            other program wants the cores.
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
            f"{max(1, round(self.megabytes))} MB, {time} where the cores are idle"
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
        (row, plan.number_left_out(row, scale=scale, quick=quick))
        for row in plan.left_out
    ]
    slices = voxels = 0.0
    for row, patients in [(None, taken), *left_out]:
        for sequence in plan.sequences:
            of_one, size = _extent(plan, sequence, quick, row)
            slices += patients * of_one
            voxels += patients * of_one * size
    work = slices * _SECONDS_A_FILE + voxels * _SECONDS_A_VOXEL
    of_files = slices * (_HEADER_BYTES + _BLOCK_BYTES / 2)
    return Estimate(
        patients=taken + sum(patients for _, patients in left_out),
        files=round(slices),
        megabytes=(of_files + voxels * _BYTES_A_VOXEL) / 1e6,
        seconds=_SECONDS_TO_START + work / workers,
    )


def _extent(
    plan: StudyPlan, sequence: SequencePlan, quick: bool, left_out: LeftOut | None
) -> tuple[float, float]:
    """A patient's files of a sequence and voxels of each, on the average.

    Args:
        left_out: why the task does not take the patient; none = it does.
    """
    quantities = plan.quick if quick else plan
    slices, matrix = sum(quantities.slices) / 2, sum(quantities.matrix) / 2
    share = sequence.share
    why = None if left_out is None else left_out.why
    if why == "no_images":
        share = 0.0
    elif why == "missing" and sequence.name in left_out.sequences:
        share *= 1 - 1 / len(left_out.sequences)
    elif why == "few_slices":
        slices = FEW_SLICES
    elif why == "small_matrix":
        matrix = SMALL_MATRIX
    planes = 1 if why == "coronal" else len(sequence.planes)
    slices = sequence.few_slices or slices
    weightings = len(sequence.b_values) if sequence.kind == "diffusion" else 1
    columns = sequence.fineness * matrix
    rows = columns * (1.0 if sequence.few_slices else _ROWS)
    return slices * planes * weightings * share, rows * columns
