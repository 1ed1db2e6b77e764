"""Writes the cohort of a study plan: DICOM files, labels and masks."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from tqdm import tqdm

from pipelines.errors import DataError
from pipelines.phantoms import dicom, estimate, image_headers, planned_patient, roster
from pipelines.phantoms.planned_patient import Drawn
from pipelines.phantoms.plans.study_plan import DEFAULT_SCALE, StudyPlan
from pipelines.phantoms.roster import Enrolled
from pipelines.phantoms.sized_plan import Cohort
from pipelines.phantoms.stack import Stack
from pipelines.storage import atomic_files, csv_files
from pipelines.storage.executors import process_pool

_HIGH_B_VALUE = 500  # s/mm2, as in the study of prostate series
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
    estimate.check(scale=scale, seed=seed, workers=workers)
    directory = Path(os.path.abspath(out))
    estimate.check_place(directory)
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


def _write_patients(
    directory: Path,
    cohort: Cohort,
    enrolled: tuple[Enrolled, ...],
    workers: int,
    progress: bool,
) -> list[tuple[_SeriesLabel, ...]]:
    """Writes all patients.

    Returns:
        Of each patient the labels of its series, none where patients have them.
    """
    work = partial(_write_patient, cohort, directory)
    with tqdm(
        total=len(enrolled), desc="phantom patients", disable=None if progress else True
    ) as bar:
        labels = []
        for rows in _each(work, enrolled, workers):
            labels.append(rows)
            bar.update()
    return labels


def _each(
    work: partial, enrolled: tuple[Enrolled, ...], workers: int
) -> Iterator[tuple[_SeriesLabel, ...]]:
    if workers == 1:
        yield from map(work, enrolled)
        return
    with process_pool(min(workers, len(enrolled))) as pool:
        yield from pool.map(work, enrolled)


def _write_patient(
    cohort: Cohort, directory: Path, enrolled: Enrolled
) -> tuple[_SeriesLabel, ...]:
    drawn = planned_patient.draw(cohort, enrolled)
    dicom.write_patient(drawn.patient, directory / "dicom")
    if drawn.mask is not None:
        _write_mask(directory / "masks" / f"{enrolled.patient_id}.nii.gz", drawn)
    if cohort.plan.unit == "series":
        return tuple(_series_labels(cohort, drawn))
    return ()


def _write_mask(path: Path, drawn: Drawn) -> None:
    stack: Stack = drawn.mask_stack
    image = sitk.GetImageFromArray(drawn.mask)
    image.SetOrigin(stack.position_mm(0))
    image.SetSpacing(tuple(reversed(stack.spacing_mm)))
    axes = np.array([stack.row_direction, stack.column_direction, stack.normal])
    image.SetDirection(axes.T.ravel().tolist())
    sitk.WriteImage(image, str(path))


def _series_labels(cohort: Cohort, drawn: Drawn) -> Iterator[_SeriesLabel]:
    """The class of each series that has one, of a diffusion series by b-value."""
    for acquired in drawn.patient.series:
        sequence = cohort.plan.sequences[acquired.number - 1]
        uid = image_headers.uid(drawn.patient.root, acquired.number)
        if sequence.kind != "diffusion":
            if sequence.truth is not None:
                yield uid, sequence.truth
            continue
        for b_value in sequence.b_values:
            truth = sequence.truth_high if b_value >= _HIGH_B_VALUE else sequence.truth
            if truth is not None:
                yield f"{uid}#b={b_value}", truth


def _write_tables(
    directory: Path,
    plan: StudyPlan,
    enrolled: tuple[Enrolled, ...],
    labels: list[tuple[_SeriesLabel, ...]],
) -> None:
    if plan.unit == "series":
        rows = [row for rows in labels for row in rows]
        csv_files.write(directory / "labels.csv", ("series_id", "label"), rows)
        return
    targets = ("label", *(target.name for target in plan.targets))
    covariates = tuple(covariate.name for covariate in plan.covariates)
    csv_files.write(
        directory / "labels.csv",
        ("patient_id", *targets, *covariates),
        [
            (
                one.patient_id,
                *(one.targets[name].text if one.labelled else "" for name in targets),
                *(one.covariates[name].text for name in covariates),
            )
            for one in enrolled
        ],
    )
    if plan.mask is not None:
        ids = [one.patient_id for one in enrolled]
        csv_files.write(
            directory / "masks.csv",
            ("patient_id", "path"),
            [
                (patient_id, f"masks/{patient_id}.nii.gz")
                for patient_id in ids
                if (directory / "masks" / f"{patient_id}.nii.gz").exists()
            ],
        )
