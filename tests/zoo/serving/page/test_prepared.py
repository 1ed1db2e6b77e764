"""Records of uploads are those of `zoo.predict`: masks, covariates and frames too."""

import dataclasses
import io
import json
import zipfile
from pathlib import Path

import nibabel
import numpy as np
import pytest

from pipelines.cohort import new_covariates
from pipelines.ingestion import new_study
from pipelines.readers import nifti_sidecars
from pipelines.tasks.steps import Steps
from tests.pipelines.readers import nifti_diffusion
from tests.zoo.serving.page import pages
from zoo.serving.page import manifest, prepared, sequence_proposal
from zoo.serving.page.kinds import Wanted
from zoo.serving.page.limits import PageLimits
from zoo.serving.page.prepared import ReadTask
from zoo.serving.page.upload_error import UploadError

SEEN, CELLS = ("sex", "age"), {"sex": "M", "age": "61"}


@pytest.fixture
def cropped(task):
    """A task with a region of interest and covariates."""
    return dataclasses.replace(
        task,
        steps=Steps(roi_share=0.5),
        covariates=("weight", "age", "sex"),
        covariate_levels={"sex": ("F", "M")},
    )


def prepare(folder, files, task, **more):
    """What is made of files by name."""
    received = folder / "upload" / "received"
    received.mkdir(parents=True)
    for number, body in enumerate(files.values()):
        (received / f"{number:06d}").write_bytes(body)
    listed = json.dumps(pages.manifest(files, **more)).encode()
    covariates = SEEN if task.covariates else ()
    wanted = Wanted(
        sequences=sequence_proposal.of_task(task),
        mask=task.steps.wants_mask,
        covariates=covariates,
    )
    read = ReadTask(input="", task=task, covariates=covariates)
    (studies,) = prepared.prepare(
        folder / "upload", manifest.read(listed), [read], wanted, PageLimits()
    )
    return studies


def numbers(task):
    return lambda _: new_covariates.named(CELLS, task, SEEN)


def test_a_mask_and_covariates_with_nifti(cropped, nifti, region, tmp_path):
    files = {"t2.nii.gz": nifti["T2WI"].read_bytes(), "roi.nii.gz": region.read_bytes()}
    sequences = {"T2WI": {"file": "t2.nii.gz"}}
    options = {"sequences": sequences, "mask": "roi.nii.gz", "covariates": CELLS}
    (study,) = prepare(tmp_path, files, cropped, **options).studies
    expected = new_study.nifti_record(
        {"T2WI": nifti["T2WI"]}, cropped, covariates=numbers(cropped), mask=region
    )
    assert study.made.record == expected.record is not None


def test_a_mask_and_covariates_with_dicom(cropped, patient, region, tmp_path):
    files = pages.folder_files(patient) | {"roi.nii.gz": region.read_bytes()}
    options = {"mask": "roi.nii.gz", "covariates": CELLS}
    (study,) = prepare(tmp_path, files, cropped, **options).studies
    (expected,) = new_study.dicom_studies(
        patient, cropped, covariates=numbers(cropped), masks=str(region)
    )
    assert study.made.record == expected.make().record is not None


def test_they_are_of_one_study(cropped, source, region, tmp_path):
    files = pages.folder_files(source / "dicom") | {"roi.nii": region.read_bytes()}
    with pytest.raises(UploadError, match="of one study, and several"):
        prepare(tmp_path, files, cropped, mask="roi.nii", covariates=CELLS)


def test_a_frame_of_a_4d_file(task, nifti, tmp_path):
    image = nibabel.load(nifti["T2WI"])
    voxels = np.asanyarray(image.dataobj)
    cine = tmp_path / "cine.nii.gz"
    frames = np.stack([voxels, voxels[::-1]], axis=-1)
    nibabel.save(nibabel.Nifti1Image(frames, image.affine), cine)
    sequences = {"T2WI": {"file": "c.nii.gz", "frame": 1}}
    files = {"c.nii.gz": cine.read_bytes()}
    (study,) = prepare(tmp_path, files, task, sequences=sequences).studies
    expected = new_study.nifti_record({"T2WI": f"{cine}#frame=1"}, task)
    assert study.made.record == expected.record is not None


@pytest.mark.parametrize("packed", [False, True], ids=["files", "zip"])
def test_frames_by_their_b_value(task, tmp_path, packed):
    """The sidecars come by the names of their owner, and lie beside the image again."""
    task = dataclasses.replace(
        task,
        sequences=tuple(
            dataclasses.replace(one, directions="trace") for one in task.sequences
        ),
    )
    path = tmp_path / "sub-1_dwi.nii.gz"
    nifti_diffusion.write(
        path, nifti_diffusion.signals(nifti_diffusion.tensors(shape=(30, 28, 8)))
    )
    there = [path, *map(Path, nifti_sidecars.beside(path))]
    files = {f"dwi/{each.name}": each.read_bytes() for each in there}
    if packed:
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for name, body in files.items():
                archive.writestr(name, body)
        files = {"study.zip": content.getvalue()}
    volumes = {"T2WI": {"b_value": 0}, "T1WI": {"b_value": 800.0}}
    named = {"file": "dwi/sub-1_dwi.nii.gz"}
    sequences = {name: named | volume for name, volume in volumes.items()}
    (study,) = prepare(tmp_path, files, task, sequences=sequences).studies
    expected = new_study.nifti_record(
        {"T2WI": f"{path}#b=0", "T1WI": f"{path}#b=800"}, task
    )
    assert study.made.error is None and expected.record is not None
    assert study.made.record == expected.record


def test_a_bad_sidecar_is_told_without_a_place(task, nifti, tmp_path):
    files = {"a/t2.nii.gz": nifti["T2WI"].read_bytes(), "a/t2.bval": b"0 0 800"}
    sequences = {"T2WI": {"file": "a/t2.nii.gz"}}
    (study,) = prepare(tmp_path, files, task, sequences=sequences).studies
    assert study.made.error.code == "bad_b_values"
    assert study.made.error.private == ""


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "which_files"),
        ({"mask": "t2.nii"}, "which_files"),
        ({"sequences": {"T2WI": {"file": "t2.nii"}}}, "which_files"),
        ({"mask": "t2.nii", "sequences": {"T9": {"file": "t2.nii"}}}, "unknown_name"),
        ({"mask": "t2.nii", "sequences": {"T2WI": {"file": "x.nii"}}}, "unknown_name"),
        ({"mask": "t2.nii", "sequences": {"T2WI": {"file": "t2.nii"}}}, "covariates"),
    ],
)
def test_what_is_missing_or_not_there(cropped, tmp_path, options, code):
    with pytest.raises(UploadError) as refused:
        prepare(tmp_path, {"t2.nii": b"x"}, cropped, **options)
    assert refused.value.code == code


def test_an_error_tells_no_header_and_no_place(task, patient, tmp_path):
    """A study whose files are spoiled: words of ours alone."""
    files = pages.folder_files(patient)
    spoiled = {name: body[: len(body) // 2] for name, body in files.items()}
    for study in prepare(tmp_path, spoiled, task).studies:
        assert study.made.error.private == ""
        assert str(tmp_path) not in str(study.made.error)
