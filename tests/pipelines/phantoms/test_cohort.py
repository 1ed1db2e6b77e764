import pytest

from pipelines.cohort import sequence_matching
from pipelines.errors import DataError, UsageError
from pipelines.phantoms import cohort, rules
from pipelines.phantoms.plan import Plan
from pipelines.readers.dicom import scan
from pipelines.tasks.task import load

_SMALL = {"slices": (4, 5), "matrix": (24, 32)}


def _contents(directory):
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def test_a_cohort_is_dicom_labels_and_a_task(tmp_path):
    plan = Plan(patients=4, **_SMALL)
    written = cohort.write(tmp_path / "out", plan=plan)
    assert sorted(path.name for path in written.iterdir()) == [
        "dicom",
        "labels.csv",
        "task.toml",
    ]
    header, *rows = (written / "labels.csv").read_text(encoding="utf-8").splitlines()
    assert header == "patient_id,label"
    assert len(rows) == 4
    assert sorted(row.split(",")[1] for row in rows) == ["ring", "ring", *2 * ["solid"]]
    patients = {path.name for path in (written / "dicom").iterdir()}
    assert patients == {row.split(",")[0] for row in rows}
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_workers_do_not_change_a_byte(tmp_path):
    plan = Plan(patients=4, sign="through_plane", **_SMALL)
    alone = cohort.write(tmp_path / "alone", plan=plan)
    together = cohort.write(tmp_path / "together", plan=plan, workers=2, progress=True)
    assert _contents(alone) == _contents(together)


def test_the_rules_of_the_task_find_each_sequence(tmp_path):
    names = ("T2WI", "T1WI", "DWI", "ADC")
    plan = Plan(patients=9, sequences=names, seed=1, **_SMALL)
    written = cohort.write(tmp_path / "out", plan=plan)
    task = load(str(written / "task.toml"))
    assert task.channels == names
    vendors = set()
    for folder in (written / "dicom").iterdir():
        found = scan.scan(folder).series
        assert len(found) == 1 + 1 + 3 + 1 + 3 + 1  # diffusion and localizer split
        chosen = sequence_matching.assign(found, task)
        assert set(chosen) == set(names)
        assert chosen["T2WI"].plane == "axial"
        assert chosen["DWI"].b_value == 800
        assert "ADC" in chosen["ADC"].image_type
        vendors |= {series.manufacturer for series in found}
    assert len(vendors) == 3


def test_the_default_task_is_the_shipped_one():
    task, shipped = rules.task(Plan()), load("phantom")
    assert task.spec == shipped.spec
    assert task.sequences == shipped.sequences
    assert task.split == shipped.split


def test_an_empty_directory_is_filled(tmp_path):
    (tmp_path / "out").mkdir()
    written = cohort.write(tmp_path / "out", plan=Plan(patients=2, **_SMALL))
    assert (written / "labels.csv").is_file()


def test_a_directory_with_content_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="exists and is not empty. Name a new"):
        cohort.write(tmp_path, plan=Plan(patients=2, **_SMALL))
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cohort.dicom, "write_patient", full)
    with pytest.raises(DataError, match="could not be written: No space left"):
        cohort.write(tmp_path / "out", plan=Plan(patients=2, **_SMALL))
    assert not list(tmp_path.iterdir())
