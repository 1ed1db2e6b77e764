import pytest

from pipelines.errors import UsageError
from pipelines.phantoms import planned_cohort
from pipelines.phantoms.estimate import estimate
from tests.pipelines.phantoms import small_plan


def test_files_and_bytes_are_about_those_written(tmp_path):
    plan = small_plan.plan()
    coming = estimate(plan, quick=True)
    written = planned_cohort.write(tmp_path / "out", plan=plan, quick=True)
    files = [path for path in (written / "dicom").rglob("*") if path.is_file()]
    assert coming.patients == 6
    assert coming.files == pytest.approx(len(files), rel=0.2)
    megabytes = sum(path.stat().st_size for path in files) / 1e6
    assert coming.megabytes == pytest.approx(megabytes, rel=0.3)


def test_more_patients_take_longer_and_more_workers_less_long():
    plan = small_plan.plan()
    one = estimate(plan, scale=1.0)
    assert estimate(plan, scale=2.0).seconds > one.seconds
    assert estimate(plan, scale=1.0, workers=2).seconds < one.seconds
    assert "224 patients, about 6272 files" in str(one)


def test_a_scale_that_can_not_be_is_refused():
    with pytest.raises(UsageError, match="the scale is above 0"):
        estimate(small_plan.plan(), scale=-1.0)
