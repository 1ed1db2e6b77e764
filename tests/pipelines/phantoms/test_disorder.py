"""A cohort whose words can't be relied on, and whose physics can."""

import pydicom
import pytest

from pipelines.phantoms import cohort, disorder
from pipelines.phantoms.plan import Plan
from pipelines.phantoms.protocols import PROTOCOLS
from pipelines.phantoms.vendors import GE, PHILIPS, SIEMENS


@pytest.mark.parametrize(
    "index, words",
    list(enumerate(["", "轴位T2加权", "t2_tse_sag", "t2_tse_tra"])),
    ids=["empty", "chinese", "wrong", "right"],
)
def test_descriptions_by_patient(index, words):
    assert disorder.description(SIEMENS, "T2WI", index) == words


def test_vendors_set_times_in_their_own_way():
    settings = {
        vendor.name: disorder.setting(vendor, PROTOCOLS["T2WI"]).echo_time_ms
        for vendor in (SIEMENS, GE, PHILIPS)
    }
    assert settings == {"siemens": 62.0, "ge": 83.7, "philips": 71.3}
    assert disorder.setting(GE, PROTOCOLS["T1WI"]).scanning_sequence == "GR"


def test_files_lie_anywhere_and_without_a_task(tmp_path):
    plan = Plan(patients=2, slices=(4, 4), matrix=(16, 16), disarranged=True)
    written = cohort.write(tmp_path / "cohort", plan=plan)
    assert not (written / "task.toml").exists()
    files = [path for path in (written / "dicom").rglob("*") if path.is_file()]
    assert all(len(path.name) == 16 and len(path.parent.name) == 1 for path in files)
    headers = [pydicom.dcmread(path, stop_before_pixels=True) for path in files]
    assert {"", "轴位T2加权"} <= {header.SeriesDescription for header in headers}


def test_pixels_are_those_of_the_cohort_in_order():
    assert Plan(disarranged=True).root == Plan().root
