import pytest

from pipelines.errors import DataError
from pipelines.inspection.rejections import Rejected, read_rejections
from tests.pipelines.records.small import data_set, task

_HEADER = "study_id,patient_id,code,problem,cure\n"


def _with(directory, text):
    data = data_set(directory, task())
    (directory / "rejected.csv").write_text(text, encoding="utf-8")
    return data


def test_rows_are_read(tmp_path):
    text = _HEADER + 'aa,bb,missing_slice,"gap after 3, of 9",Send it again\n'
    assert read_rejections(_with(tmp_path, text)) == (
        Rejected(
            study_id="aa",
            patient_id="bb",
            code="missing_slice",
            problem="gap after 3, of 9",
            cure="Send it again",
        ),
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_a_file_that_was_opened_and_saved(tmp_path, encoding):
    data = _with(tmp_path, "")
    text = _HEADER.replace(",", ";") + 'aa;bb;x;"Größe; 1";Send it, again\r\n'
    (tmp_path / "rejected.csv").write_bytes(text.encode(encoding))
    (row,) = read_rejections(data)
    assert (row.problem, row.cure) == ("Größe; 1", "Send it, again")


def test_ids_of_format_1_are_written_as_today(tmp_path):
    text = _HEADER + "1234567890123456,,missing_id,x,y\n"
    (row,) = read_rejections(_with(tmp_path, text))
    assert (row.study_id, row.patient_id) == ("p1234567890123456", "")


def test_no_file_is_no_rejection(tmp_path):
    assert read_rejections(data_set(tmp_path, task())) == ()


def test_the_columns_are_those_that_ingest_writes():
    from pipelines.ingestion.write_dataset import REJECTED_COLUMNS
    from pipelines.inspection.rejections import COLUMNS

    assert COLUMNS == REJECTED_COLUMNS


def test_other_columns_are_an_error(tmp_path):
    with pytest.raises(DataError, match="should have the columns study_id.*who, why"):
        read_rejections(_with(tmp_path, "who,why\n"))


def test_a_short_line_is_an_error(tmp_path):
    with pytest.raises(DataError, match="line 2, has 2 cells instead of 5"):
        read_rejections(_with(tmp_path, _HEADER + "aa,bb\n"))
