"""Masks of DICOM studies: the region that a task's slices are taken around."""

import csv
from dataclasses import replace

import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK as sitk

from pipelines.cohort import masks as mask_file
from pipelines.errors import StudyError, UsageError
from pipelines.ingestion import ingest_cohort, new_study
from pipelines.ingestion.check import check
from pipelines.readers.dicom import scan
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from tests.pipelines.ingestion.conftest import rejected

LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])


@pytest.fixture
def task(small_task):
    steps = replace(small_task.steps, roi_slices=4)
    grid = replace(small_task.grid, shape=(4, 16, 16))
    return replace(small_task, steps=steps, grid=grid)


def write_mask(path, image, *, first=2, moved_mm=0.0, empty=False):
    """A box in three slices on the grid of an image, flipped along rows and slices."""
    voxels = np.zeros(image.GetSize(), np.uint8)
    if not empty:
        voxels[10:20, 12:22, first : first + 3] = 1
        voxels[8:24, 10:26, first + 1] = 1  # the largest section
    affine = np.eye(4)
    affine[:3, :3] = np.reshape(image.GetDirection(), (3, 3)) @ np.diag(
        image.GetSpacing()
    )
    affine[:3, 3] = np.add(image.GetOrigin(), moved_mm)
    flip = np.diag([1.0, -1.0, -1.0, 1.0])
    flip[1:3, 3] = np.subtract(image.GetSize()[1:], 1)
    nifti = nibabel.Nifti1Image(voxels[:, ::-1, ::-1], LPS_TO_RAS @ affine @ flip)
    nibabel.save(nifti, path)


def write_table(path, rows, header=("patient_id", "path")):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture
def masked(source, studies):
    """A cohort with `masks.csv` and a mask for each patient."""
    rows = []
    for number, files in enumerate(studies(source)):
        patient = pydicom.dcmread(files[0], stop_before_pixels=True).PatientID
        (series,) = [
            one
            for one in scan.scan(files[0].parent).series
            if str(files[0]) in one.paths
        ]
        write_mask(source / f"{number}.nii.gz", scan.read_image(series))
        rows.append((patient, f"{number}.nii.gz"))
    write_table(source / "masks.csv", rows)
    return source


def ids(source):
    with open(source / "masks.csv", encoding="utf-8", newline="") as file:
        return [row["patient_id"] for row in csv.DictReader(file)]


def test_slices_lie_around_the_largest_section(masked, request_of, task):
    request = request_of(masked, task=task, masks=masked / "masks.csv")
    result = ingest_cohort.ingest(request)
    assert not result.faults
    assert len(read_manifest(open_dataset(result.path))) == 10
    patient = ids(masked)[0]
    folder = next(
        path
        for path in (masked / "dicom").iterdir()
        if pydicom.dcmread(
            next(p for p in path.rglob("*") if p.is_file()), force=True
        ).get("PatientID")
        == patient
    )
    table = mask_file.read(masked / "masks.csv", task)
    (by_table,) = new_study.dicom_studies(folder, task, masks=table)
    (by_file,) = new_study.dicom_studies(folder, task, masks=str(masked / "0.nii.gz"))
    assert by_table.make().record == by_file.make().record is not None


def test_every_fault_of_a_mask_is_its_study_s(masked, request_of, task):
    rows = [(name, f"{n}.nii.gz") for n, name in enumerate(ids(masked))]
    write_table(masked / "masks.csv", rows[1:])
    image = sitk.Image(32, 32, 8, sitk.sitkUInt8)
    write_mask(masked / "1.nii.gz", image, empty=True)
    write_mask(masked / "2.nii.gz", image, moved_mm=5000.0)
    (masked / "3.nii.gz").write_bytes(b"none")
    request = request_of(masked, task=task, masks=masked / "masks.csv")
    result = ingest_cohort.ingest(request)
    codes = sorted(row["code"] for row in rejected(result.path))
    assert codes == ["empty_mask", "mask_outside", "no_mask", "unreadable"]
    assert all(
        name not in (result.path / "rejected.csv").read_text("utf-8")
        for name in ids(masked)
    )


def test_a_patient_of_two_studies_wants_masks_by_study(masked, request_of, task):
    series = scan.scan(masked / "dicom").series
    patients = {one.study_uid: one.patient_id for one in series}
    table = mask_file.read(masked / "masks.csv", task)
    with pytest.raises(StudyError, match="2 studies and one mask, by patient_id"):
        mask_file.check_one_study({*list(patients)[:2]}, table)
    by_patient = dict(zip(ids(masked), (f"{n}.nii.gz" for n in range(10)), strict=True))
    rows = [(uid, by_patient[patient]) for uid, patient in patients.items()]
    write_table(masked / "masks.csv", rows, ("study_id", "path"))
    table = mask_file.read(masked / "masks.csv", task)
    mask_file.check_one_study({*list(patients)[:2]}, table)
    request = request_of(masked, task=task, masks=masked / "masks.csv")
    assert check(request).sound


def test_rows_of_nobody_are_told(masked, request_of, task, capsys):
    with open(masked / "masks.csv", "a", encoding="utf-8") as file:
        (masked / "more.nii.gz").write_bytes(b"")
        file.write("nobody,more.nii.gz\n")
    request = request_of(masked, task=task, masks=masked / "masks.csv")
    assert check(request).sound
    assert "fit no patient: nobody" in capsys.readouterr().err


def test_one_mask_is_not_that_of_several_studies(masked, task):
    mask = str(masked / "0.nii.gz")
    with pytest.raises(UsageError, match="one file, and 10 studies lie below"):
        next(new_study.dicom_studies(masked / "dicom", task, masks=mask))


def test_masks_go_with_dicom(masked, request_of, task):
    with pytest.raises(UsageError, match="--masks goes with --dicom"):
        request_of(
            masked,
            kind="table",
            source=masked / "labels.csv",
            task=task,
            masks=masked / "masks.csv",
        )
    with pytest.raises(UsageError, match="a MedMNIST3D file has none"):
        request_of(
            masked,
            kind="medmnist",
            source=masked / "labels.csv",
            labels=None,
            task=task,
        )
