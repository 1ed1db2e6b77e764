"""A small phantom cohort, written once as DICOM, and requests on copies of it."""

import csv
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.ingestion.request import Request
from pipelines.phantoms import cohort
from pipelines.phantoms.plan import Plan
from pipelines.tasks import task as tasks

PLAN = Plan(patients=10, slices=(8, 10), matrix=(40, 48))


@pytest.fixture(scope="session")
def phantom(tmp_path_factory) -> Path:
    """`dicom/`, `labels.csv` and `task.toml` of 10 patients; not to be changed."""
    return cohort.write(tmp_path_factory.mktemp("phantom") / "cohort", plan=PLAN)


@pytest.fixture
def source(phantom, tmp_path) -> Path:
    """A copy of the cohort that a test may damage."""
    return Path(shutil.copytree(phantom, tmp_path / "source"))


@pytest.fixture
def small_task(phantom):
    """The phantom's task on a grid of 16 voxels a side."""
    task = tasks.load(str(phantom / "task.toml"))
    return replace(task, grid=replace(task.grid, shape=(8, 16, 16)))


@pytest.fixture
def dealing_key(tmp_path):
    """A key that is always the same, where who is in which split decides a test."""
    path = tmp_path / "project.key"
    path.write_text("1" * 64 + "\n", encoding="utf-8")
    path.chmod(0o600)
    return path


@pytest.fixture
def request_of(tmp_path, small_task):
    """Makes the request to ingest a cohort; keyword arguments replace fields."""

    def make(folder: Path, **changes) -> Request:
        fields = {
            "kind": "dicom",
            "source": folder / "dicom",
            "labels": folder / "labels.csv",
            "task": small_task,
            "key": tmp_path / "project.key",
            "out": tmp_path / "dataset",
        }
        return Request(**(fields | changes))

    return make


@pytest.fixture
def studies():
    """The files of the axial T2 series of every patient folder of a cohort."""

    def find(folder: Path) -> list[list[Path]]:
        import pydicom

        found = []
        for patient in sorted((folder / "dicom").iterdir()):
            files = []
            for path in sorted(p for p in patient.rglob("*") if p.is_file()):
                header = pydicom.dcmread(path, stop_before_pixels=True, force=True)
                cosines = header.get("ImageOrientationPatient")
                axial = cosines and abs(cosines[0]) > 0.8 and abs(cosines[4]) > 0.8
                if axial and "T2" in str(header.get("SeriesDescription", "")).upper():
                    files.append(path)
            found.append(files)
        return found

    return find


def rejected(dataset: Path) -> list[dict[str, str]]:
    """The rows of rejected.csv."""
    with open(dataset / "rejected.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
