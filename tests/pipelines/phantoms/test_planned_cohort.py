import dataclasses

import numpy as np
import pytest
import SimpleITK as sitk

from pipelines.errors import UsageError
from pipelines.phantoms import planned_cohort, plans
from pipelines.phantoms.plans.cohort_plan import LeftOut
from pipelines.phantoms.plans.study_plan import Quick
from pipelines.readers.dicom import scan
from pipelines.tasks.task import load
from tests.pipelines.phantoms import small_plan


def _rows(path):
    header, *rows = path.read_text(encoding="utf-8").splitlines()
    return header, [row.split(",") for row in rows]


def test_a_cohort_is_dicom_and_labels(tmp_path):
    written = planned_cohort.write(tmp_path / "out", plan=small_plan.plan(), quick=True)
    assert sorted(path.name for path in written.iterdir()) == ["dicom", "labels.csv"]
    header, rows = _rows(written / "labels.csv")
    assert header == "patient_id,label,age,sex"
    assert {row[0] for row in rows} == {p.name for p in (written / "dicom").iterdir()}
    assert sorted(row[1] for row in rows) == [*3 * [">=S2"], *3 * ["S0-S1"]]


def test_workers_do_not_change_a_byte(tmp_path):
    plan = small_plan.plan("glioma_voting")
    contents = []
    for workers in (1, 2):
        out = planned_cohort.write(
            tmp_path / str(workers), plan=plan, quick=True, workers=workers
        )
        files = sorted(path for path in out.rglob("*") if path.is_file())
        contents.append([(p.relative_to(out), p.read_bytes()) for p in files])
    assert contents[0] == contents[1]


def test_a_mask_lies_on_the_tumour(tmp_path):
    plan = small_plan.plan("glioma_voting")
    written = planned_cohort.write(tmp_path / "out", plan=plan, quick=True)
    header, rows = _rows(written / "masks.csv")
    assert header == "patient_id,path"
    assert len(rows) == 6
    for patient_id, path in rows:
        mask = sitk.ReadImage(str(written / path))
        (series,) = scan.scan(written / "dicom" / patient_id).series
        image = scan.read_image(series)
        assert mask.GetSize() == image.GetSize()
        assert np.allclose(mask.GetOrigin(), image.GetOrigin(), atol=1e-4)
        assert np.allclose(mask.GetDirection(), image.GetDirection(), atol=1e-5)
        voxels = sitk.GetArrayFromImage(mask)
        litres = voxels.sum() * np.prod(mask.GetSpacing()) / 1e6
        assert 0.008 < litres < 0.08


def test_patients_who_are_left_out_have_a_label_and_no_images(tmp_path):
    why = (LeftOut(patients=100, why="no_images"), LeftOut(patients=2, why="coronal"))
    plan = small_plan.plan(left_out=why)
    written = planned_cohort.write(tmp_path / "out", plan=plan, quick=True)
    _, rows = _rows(written / "labels.csv")
    examined = list((written / "dicom").iterdir())
    assert (len(rows), len(examined)) == (6 + 3 + 1, 7)
    planes = [scan.scan(folder).series[0].plane for folder in examined]
    assert sorted(planes) == [*6 * ["axial"], "coronal"]


def test_who_has_no_label_has_images_and_empty_cells(tmp_path):
    why = (LeftOut(patients=100, why="no_label"),)
    plan = small_plan.plan(left_out=why)
    written = planned_cohort.write(tmp_path / "out", plan=plan, quick=True)
    _, rows = _rows(written / "labels.csv")
    examined = {folder.name for folder in (written / "dicom").iterdir()}
    without = [row for row in rows if not row[1]]
    assert (len(rows), len(examined), len(without)) == (6 + 3, 9, 3)


def test_series_have_their_true_class(tmp_path):
    plan = dataclasses.replace(
        plans.load("prostate_sequences"),
        quick=Quick(patients=4, slices=(8, 8), matrix=(24, 32)),
    )
    written = planned_cohort.write(tmp_path / "out", plan=plan, quick=True)
    header, rows = _rows(written / "labels.csv")
    assert header == "series_id,label"
    assert {label for _, label in rows} == set(
        load("prostate_sequences").target.classes
    )
    found = {series.key for series in scan.scan(written / "dicom").series}
    assert {series_id for series_id, _ in rows} <= found


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"scale": 0.0}, "the scale is above 0"),
        ({"seed": -1}, "the seed is not negative"),
        ({"workers": 0}, "workers are 1 or more"),
    ],
)
def test_what_can_not_be_is_refused(tmp_path, values, message):
    with pytest.raises(UsageError, match=message):
        planned_cohort.write(tmp_path / "out", plan=small_plan.plan(), **values)


def test_a_directory_with_content_is_refused(tmp_path):
    (tmp_path / "mine").write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match="is not empty"):
        planned_cohort.write(tmp_path, plan=small_plan.plan())
