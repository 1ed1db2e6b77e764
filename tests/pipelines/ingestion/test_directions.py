"""Diffusion with directions of three vendors, in three forms, becomes volumes."""

from dataclasses import replace

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.errors import StudyError
from pipelines.ingestion import ingest_cohort
from pipelines.ingestion.dicom_candidates import candidates
from pipelines.ingestion.dicom_choice import check_acquired, choose
from pipelines.ingestion.make_record import read_source
from pipelines.ingestion.request import Request
from pipelines.ingestion.work_item import DicomSource
from pipelines.phantoms import cohort, dicom, rules
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan
from pipelines.records.data_set import read_manifest
from pipelines.records.directory import open_dataset
from pipelines.tasks import task as tasks
from tests.pipelines.phantoms.diffusion_patients import (
    PLAN,
    patient_of,
    with_isotropic,
)
from tests.pipelines.phantoms.test_gradients import CASES

TASK = rules.task(PLAN)


def volume(one, folder, task=TASK):
    """What the task takes of a patient's files."""
    dicom.write_patient(one, folder)
    (candidate,) = candidates(scan.scan(folder), task)
    chosen = choose(candidate, task)
    check_acquired(chosen, task)
    source = DicomSource(series=chosen["DTI"])
    return read_source(source, "DTI"), source


@pytest.mark.parametrize(("vendor", "form"), CASES)
def test_the_mean_over_directions(vendor, form, tmp_path):
    one = replace(patient_of(vendor), form=form)
    found, source = volume(one, tmp_path)
    wanted = one.volumes["DTI"]
    values, right = (sitk.GetArrayFromImage(v.image) for v in (found, wanted))
    np.testing.assert_allclose(values, right, rtol=1e-6)
    assert found.image.GetOrigin() == pytest.approx(wanted.image.GetOrigin(), abs=1e-4)
    assert found.image.GetDirection() == pytest.approx(
        wanted.image.GetDirection(), abs=1e-6
    )
    assert found.image.GetSpacing() == pytest.approx(
        wanted.image.GetSpacing(), abs=1e-4
    )
    directions = {"classic": 6 * len(values), "enhanced": 1, "mosaic": 6}
    assert len(source.files) == directions[form]


@pytest.mark.parametrize(("vendor", "form"), CASES)
def test_the_isotropic_image_where_there_is_one(vendor, form, tmp_path):
    one = replace(with_isotropic(patient_of(vendor)), form=form)
    found, _ = volume(one, tmp_path)
    values = sitk.GetArrayFromImage(found.image)
    np.testing.assert_allclose(values, one.series[0].parts[-1].stored.values, rtol=1e-6)


@pytest.mark.parametrize("vendor", ["siemens", "ge", "philips"])
def test_a_b_value_that_wavers_over_the_directions_is_one_shell(vendor, tmp_path):
    one = patient_of(vendor)
    (series,) = one.series
    parts = [
        replace(part, weighting=replace(part.weighting, b_value=b_value))
        if part.b_value
        else part
        for part, b_value in zip(series.parts, (0, 795, 800, 805, 795, 800, 805))
    ]
    wavering = replace(one, series=(replace(series, parts=tuple(parts)),))
    found, source = volume(wavering, tmp_path)
    wanted = one.volumes["DTI"]
    values, right = (sitk.GetArrayFromImage(v.image) for v in (found, wanted))
    np.testing.assert_allclose(values, right, rtol=1e-6)
    assert source.series.part == "b=800,dir=trace-of-6"
    assert source.series.b_value == 800


def test_without_the_key_the_study_is_refused(tmp_path):
    (sequence,) = TASK.sequences
    task = replace(TASK, sequences=(replace(sequence, directions=None),))
    assert task.spec == TASK.spec
    with pytest.raises(StudyError, match="6 gradient directions at b = 800"):
        volume(patient_of("ge"), tmp_path, task)


def test_the_manifest_says_so(tmp_path):
    plan = Plan(
        patients=10,
        sequences=("DTI",),
        slices=(4, 5),
        matrix=(24, 28),
        form="enhanced",
    )
    folder = cohort.write(tmp_path / "cohort", plan=plan)
    task = tasks.load(str(folder / "task.toml"))
    assert task.sequences[0].directions == "trace"
    request = Request(
        kind="dicom",
        source=folder / "dicom",
        labels=folder / "labels.csv",
        task=replace(task, grid=replace(task.grid, shape=(4, 16, 16))),
        key=tmp_path / "project.key",
        out=tmp_path / "dataset",
    )
    result = ingest_cohort.ingest(request)
    rows = read_manifest(open_dataset(result.path))
    assert not result.rejections and len(rows) == 10
    assert {row.warnings for row in rows} == {
        "DTI: geometric mean over 6 gradient directions at b = 800"
    }
