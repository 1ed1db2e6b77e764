import argparse

import pytest

from pipelines.errors import UsageError
from zoo.prediction.reports import command_line


def options(*words, nifti=None):
    parser = argparse.ArgumentParser()
    command_line.add(parser)
    parsed = parser.parse_args(words)
    parsed.nifti = nifti
    return parsed


def test_without_the_option_nothing_is_kept_or_written():
    given = options()
    command_line.check(given)
    assert command_line.keep(given) is None
    assert command_line.reports(given, None, None) is None


def test_nifti_has_no_patient(tmp_path):
    with pytest.raises(UsageError, match="--sr wants --dicom or --series: NIfTI"):
        command_line.check(options("--sr", str(tmp_path), nifti=["T1=a.nii"]))


@pytest.mark.parametrize("name", ["study-1-report.dcm", "series-3-picture.dcm"])
def test_reports_that_are_there_are_kept(tmp_path, name):
    command_line.check(options("--sr", str(tmp_path)))
    (tmp_path / name).write_text("", encoding="utf-8")
    with pytest.raises(UsageError, match=f"{name} exists.*Choose another --sr"):
        command_line.check(options("--sr", str(tmp_path)))
