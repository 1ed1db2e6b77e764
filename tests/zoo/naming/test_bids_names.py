"""Names in the manner of BIDS: numbers, never ids."""

from zoo.naming.bids_names import bids_names, link
from zoo.naming.series_row import SeriesRow


def row(series, sequence, *, patient="Smith", study="1.2", files=()):
    return SeriesRow(
        series_id=series,
        study_id=study,
        patient_id=patient,
        sequence=sequence,
        files=files,
    )


def test_several_of_a_sequence_are_runs():
    names = bids_names([row("1", "DWI_Low"), row("2", "DWI_Low"), row("3", "ADC")])
    assert names == {
        "1": "sub-001/ses-01/sub-001_ses-01_run-1_DWILow",
        "2": "sub-001/ses-01/sub-001_ses-01_run-2_DWILow",
        "3": "sub-001/ses-01/sub-001_ses-01_ADC",
    }


def test_what_is_unknown_has_no_name():
    assert bids_names([row("1", "unknown"), row("2", "")]) == {}


def test_patients_and_studies_are_numbered():
    rows = [row("1", "T2"), row("2", "T2", study="1.3"), row("3", "T2", patient="B")]
    starts = [name.rpartition("/")[0] for name in bids_names(rows).values()]
    assert starts == ["sub-001/ses-01", "sub-001/ses-02", "sub-002/ses-01"]


def test_the_original_stays(tmp_path):
    original = tmp_path / "a.dcm"
    original.write_bytes(b"image")
    rows = [row("1", "T2", files=(str(original),))]
    link(tmp_path / "bids", rows, {"1": "sub-001/x"})
    linked = tmp_path / "bids" / "sub-001" / "x" / "0001.dcm"
    assert linked.is_symlink()
    assert linked.read_bytes() == original.read_bytes() == b"image"
