"""Writes the cohort of a study plan: DICOM files, labels and masks."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from tqdm import tqdm

from pipelines.errors import DataError, UsageError
from pipelines.phantoms import dicom, image_headers, planned_patient, roster
from pipelines.phantoms.planned_patient import Cohort, Drawn
from pipelines.phantoms.plans.study_plan import DEFAULT_SCALE, StudyPlan
from pipelines.phantoms.roster import Enrolled
from pipelines.phantoms.stack import Stack
from pipelines.storage import atomic_files, csv_files, output_paths
from pipelines.storage.executors import process_pool

_SeriesLabel = tuple[str, str]  # SeriesInstanceUID, class


def write(
    out: str | os.PathLike,
    *,
    plan: StudyPlan,
    scale: float = DEFAULT_SCALE,
    quick: bool = False,
    seed: int = 0,
    workers: int = 1,
    progress: bool = False,
) -> Path:
    """Writes `out/dicom`, `out/labels.csv` and, of a plan with a mask, `out/masks*`.

    Where series have classes, `labels.csv` is by series_id, and what is of no class
    is not in it; a diffusion series is named by its b-values, as a reader splits it.

    All of it is written beside `out` first and renamed when whole. The same arguments
    give the same bytes, whatever the number of workers.

    Args:
        scale: of the paper's number of patients, above 0; `quick` has its own.
        workers: processes.
        progress: a bar on stderr.

    Raises:
        UsageError: a scale, seed or number of workers that can't be; `out` exists and
            is not an empty directory, or can't be written.
        DataError: the disk is full.
    """
    check(scale=scale, seed=seed, workers=workers)
    directory = Path(os.path.abspath(out))
    output_paths.check_empty_directory(directory, "the cohort")
    cohort = Cohort(plan=plan, scale=scale, quick=quick, seed=seed)
    enrolled = roster.enrol(plan, scale=scale, quick=quick, seed=seed)
    try:
        with atomic_files.new_directory(directory) as aside:
            (aside / "dicom").mkdir()
            if plan.mask is not None:
                (aside / "masks").mkdir()
            labels = _write_patients(aside, cohort, enrolled, workers, progress)
            _write_tables(aside, plan, enrolled, labels)
    except OSError as error:
        raise DataError(
            f"{directory} could not be written: {error.strerror or error}. "
            "Free space there, or name another place"
        ) from error
    return directory
