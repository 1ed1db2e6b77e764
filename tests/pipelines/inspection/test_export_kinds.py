"""The kinds of series in an export for which there is no task yet."""

import pytest

from pipelines.errors import DataError
from pipelines.inspection.export_kinds import kinds, text
from pipelines.readers.dicom.headers import Fault, Series
from pipelines.readers.dicom.scan import Scan


def series(study, description, b_value=None, **facts):
    return Series(
        patient_id=f"patient of {study}",
        study_uid=study,
        series_uid=f"{study}.{description}",
        description=description,
        b_value=b_value,
        **{"modality": "MR", "plane": "axial", **facts},
    )


SCAN = Scan(
    series=(
        series("1", "t2_tse"),
        series("1", "ep2d_diff", 50.0),
        series("1", "ep2d_diff", 800.0),
        series("2", "t2_tse"),
        series("2", "t2_tse", plane="sagittal"),
        series("3", "t2_tse"),
        series("3", "chest", modality="CT"),
    ),
    ignored={"DICOMDIR": 1},
    faults=(),
)


def test_kinds_by_how_many_studies_hold_them():
    first, heading, *rows, last = text(SCAN).splitlines()
    assert first == "7 series of 3 studies of 3 patients"
    assert heading.split("  ")[0] == "studies"
    assert [row.split(maxsplit=2) for row in rows] == [
        ["2", "MR", "t2_tse axial"],
        ["1", "CT", "chest axial"],
        ["1", "MR", "ep2d_diff b = 50, 800"],
        ["1", "MR", "t2_tse axial, sagittal"],
    ]
    assert last == "ignored: 1 files, DICOMDIR"


def test_broken_files_are_counted():
    broken = Scan(series=SCAN.series, ignored={}, faults=(Fault,))
    assert text(broken).splitlines()[-1] == "broken: 1 files"


def test_nothing_to_look_at(tmp_path):
    (tmp_path / "note.txt").write_text("no image", encoding="utf-8")
    message = "no DICOM images below .*Received, .*: 1 not DICOM. Name the folder"
    with pytest.raises(DataError, match=message):
        kinds(tmp_path, workers=1)
