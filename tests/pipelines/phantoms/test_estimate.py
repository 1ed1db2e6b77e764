import dataclasses

import pytest

from pipelines.errors import UsageError
from pipelines.phantoms import planned_cohort, plans
from pipelines.phantoms.estimate import estimate
from pipelines.phantoms.plans.cohort_plan import FEW_SLICES, LeftOut
from pipelines.phantoms.plans.study_plan import Quick
from tests.pipelines.phantoms import small_plan

BLOCK = 4096  # bytes


def on_disk(written):
    """Number of the cohort's DICOM files, and megabytes of the blocks they fill."""
    files = [path for path in (written / "dicom").rglob("*") if path.is_file()]
    blocks = sum(-(-path.stat().st_size // BLOCK) for path in files)
    return len(files), blocks * BLOCK / 1e6


@pytest.mark.parametrize("name", plans.shipped())
def test_files_and_blocks_are_those_written(name, tmp_path):
    (sequence,) = small_plan.plan(name).sequences
    always = dataclasses.replace(sequence, share=1.0)
    plan = small_plan.plan(name, sequences=(always,))
    coming = estimate(plan, quick=True)
    files, megabytes = on_disk(
        planned_cohort.write(tmp_path / "out", plan=plan, quick=True)
    )
    assert coming.patients == 6
    assert coming.files == pytest.approx(files, rel=0.1)
    assert coming.megabytes == pytest.approx(megabytes, rel=0.1)


def test_whom_the_task_does_not_take_has_fewer_files(tmp_path):
    left_out = (
        LeftOut(patients=200, why="no_images"),
        LeftOut(patients=24, why="few_slices"),
        LeftOut(patients=24, why="small_matrix"),
        LeftOut(patients=24, why="coronal"),
    )
    plan = small_plan.plan("nash", patients=72, left_out=left_out)
    size = Quick(patients=6, slices=(20, 20), matrix=(128, 128))
    plan = dataclasses.replace(plan, quick=size)
    files, megabytes = on_disk(
        planned_cohort.write(tmp_path / "out", plan=plan, quick=True)
    )
    coming = estimate(plan, quick=True)
    assert coming.patients == 6 + 17 + 3 * 2
    assert coming.files == files == 6 * 20 + 2 * (FEW_SLICES + 20 + 20)
    assert coming.megabytes == pytest.approx(megabytes, rel=0.1)


def test_a_sequence_that_is_missing_has_no_files():
    missing = LeftOut(patients=72, why="missing", sequences=("T1", "T1C", "T2WI"))
    nash = dataclasses.replace(plans.load("nash"), left_out=(missing,))
    without = dataclasses.replace(nash, left_out=())
    third = estimate(nash, quick=True).files - estimate(without, quick=True).files
    assert third == pytest.approx(2 / 3 * estimate(without, quick=True).files, abs=1)


def test_more_patients_take_longer_and_more_workers_less_long():
    plan = small_plan.plan()
    one = estimate(plan, scale=1.0)
    assert estimate(plan, scale=2.0).seconds > one.seconds
    assert estimate(plan, scale=1.0, workers=2).seconds < one.seconds
    assert "224 patients, about 6272 files" in str(one)


def test_a_scale_that_can_not_be_is_refused():
    with pytest.raises(UsageError, match="the scale is above 0"):
        estimate(small_plan.plan(), scale=-1.0)
