"""Writes a phantom cohort: DICOM files, the labels and the task file."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tqdm import tqdm

from pipelines.errors import DataError, UsageError
from pipelines.phantoms import dicom, signs
from pipelines.phantoms.examination import label, patient, patient_id
from pipelines.phantoms.plan import Plan
from pipelines.phantoms.rules import task
from pipelines.storage import atomic_files, config_files, csv_files, output_paths
from pipelines.storage.executors import process_pool


def write(
    directory: str | os.PathLike,
    *,
    plan: Plan,
    workers: int = 1,
    progress: bool = False,
) -> Path:
    """Writes `directory/dicom`, `directory/labels.csv` and `directory/task.toml`.

    A disarranged cohort has no task file: `pipelines.draft` is to find one.

    All of it is written beside `directory` first and renamed when whole. The same
    plan gives the same bytes.

    Args:
        workers: processes.
        progress: a bar on stderr.

    Raises:
        UsageError: `directory` exists and is not an empty directory, or can't be
            written; no worker.
        DataError: the disk is full.
    """
    if workers < 1:
        raise UsageError(f"workers are 1 or more. Received: {workers}")
    directory = Path(os.path.abspath(directory))
    if directory.exists() and not (directory.is_dir() and not any(directory.iterdir())):
        raise UsageError(
            f"{directory} exists and is not empty. Name a new directory, or remove it"
        )
    output_paths.check_directory(directory, "the cohort")
    try:
        with atomic_files.new_directory(directory) as aside:
            _write_dicom(aside / "dicom", plan, workers, progress)
            csv_files.write(
                aside / "labels.csv", ("patient_id", "label"), _labels(plan)
            )
            if not plan.disarranged:
                atomic_files.write_text(
                    aside / "task.toml", config_files.to_toml(task(plan))
                )
    except OSError as error:
        raise DataError(
            f"{directory} could not be written: {error.strerror or error}. "
            "Free space there, or name another place"
        ) from error
    return directory


def _write_dicom(directory: Path, plan: Plan, workers: int, progress: bool) -> None:
    work = partial(_write_patient, plan, directory)
    with tqdm(
        total=plan.patients, desc="phantom patients", disable=None if progress else True
    ) as bar:
        for _ in _each(work, plan.patients, workers):
            bar.update()


def _each(work: partial, count: int, workers: int) -> Iterator[int]:
    if workers <= 1:
        yield from map(work, range(count))
        return
    with process_pool(min(workers, count)) as pool:
        yield from pool.map(work, range(count))


def _write_patient(plan: Plan, directory: Path, index: int) -> int:
    return dicom.write_patient(patient(plan, index), directory)


def _labels(plan: Plan) -> Iterator[tuple[str, str]]:
    """The patient and its class, row by row."""
    for index in range(plan.patients):
        yield patient_id(plan, index), signs.CLASSES[label(plan, index)]
