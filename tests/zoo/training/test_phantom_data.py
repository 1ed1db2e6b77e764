import pytest

from pipelines.errors import UsageError
from pipelines.phantoms.plan import Plan
from pipelines.records.directory import open_dataset
from zoo.training import phantom_data

TINY = Plan(patients=10, slices=(6, 8), matrix=(32, 36))


@pytest.mark.slow
def test_the_phantom_is_ingested_once_and_the_same_everywhere(tmp_path, capsys):
    path = phantom_data.data_set(tmp_path / "here", TINY)
    data = open_dataset(str(path))
    assert sum(count.samples for count in data.counts.values()) == 10
    assert data.classes == ("ring", "solid")
    assert "as DICOM files" in capsys.readouterr().err

    assert phantom_data.data_set(tmp_path / "here", TINY) == path
    assert "ingested before" in capsys.readouterr().err

    again = open_dataset(str(phantom_data.data_set(tmp_path / "there", TINY)))
    assert again.digest == data.digest


@pytest.mark.slow
def test_a_cohort_that_was_written_is_not_written_again(tmp_path, capsys):
    home = phantom_data.data_set(tmp_path, TINY).parent
    (home / "records").rename(home / "elsewhere")
    capsys.readouterr()
    phantom_data.data_set(tmp_path, TINY)
    assert "as DICOM files" not in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_an_error(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(
        UsageError, match="as no --data is named, .*file is no directory"
    ):
        phantom_data.data_set(tmp_path / "file", TINY)
