import pytest

from pipelines.errors import DataError
from pipelines.readers.nifti_table import TableRow, read_table

HEAD = "patient_id,study_id,sequence,path\n"


def write(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "volumes.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_reads_rows_and_resolves_paths(tmp_path):
    path = write(
        tmp_path,
        "patient_id,study_id,sequence,path,mask,frame\n"
        "p1, s1 ,T1,a/t1.nii,a/mask.nii,\n"
        "\n"
        f"p1,s1,T2,{tmp_path}/elsewhere/t2.nii,,3\n",
        encoding="utf-8-sig",
    )
    assert read_table(path) == (
        TableRow(
            patient_id="p1",
            study_id="s1",
            sequence="T1",
            path=str(tmp_path / "a" / "t1.nii"),
            mask=str(tmp_path / "a" / "mask.nii"),
            line=2,
        ),
        TableRow(
            patient_id="p1",
            study_id="s1",
            sequence="T2",
            path=str(tmp_path / "elsewhere" / "t2.nii"),
            frame=3,
            line=4,
        ),
    )


def test_ids_under_usual_titles(tmp_path):
    path = write(tmp_path, "MRN,AccessionNumber,sequence,path\n007,s,T1,x.nii\n")
    (row,) = read_table(path)
    assert (row.patient_id, row.study_id) == ("007", "s")


def test_columns_in_any_order(tmp_path):
    path = write(tmp_path, "path,sequence,study_id,patient_id\nx.nii,T1,s,p\n")
    (row,) = read_table(path)
    assert (row.patient_id, row.study_id, row.sequence) == ("p", "s", "T1")


def test_one_file_may_hold_several_sequences(tmp_path):
    text = "patient_id,study_id,sequence,path,frame\np,s,ED,x.nii,0\np,s,ES,x.nii,9\n"
    rows = read_table(write(tmp_path, text))
    assert [(row.frame, row.b_value) for row in rows] == [(0, None), (9, None)]


def test_frames_by_their_b_value(tmp_path):
    text = HEAD.replace("path", "path,frame") + "p,s,a,x,b=0\np,s,b,x,b=62.5\n"
    rows = read_table(write(tmp_path, text))
    assert [(row.frame, row.b_value) for row in rows] == [(None, 0.0), (None, 62.5)]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "lacks the columns patient_id, .*Received: an empty file"),
        ("patient_id,study_id\n", "lacks the columns sequence, path"),
        (
            HEAD.replace("sequence", "sequences"),
            r"lacks the columns sequence, .*\(for sequence: did you mean 'sequences'\?",
        ),
        (
            HEAD.replace("path", "path,masks"),
            r"'masks' \(for masks: did you mean 'mask'",
        ),
        (HEAD.replace("path", "path,Maske"), "Received: 'Maske'"),
        (HEAD.replace("path", "path,path"), "each once. Received: 'path'"),
        (HEAD, "has no rows"),
        (HEAD + "p,s,T1\n", "line 2: 4 cells wanted.*Received: 3"),
        (HEAD + "p,s,T1,x.nii,y\n", "line 2: 4 cells wanted.*Received: 5"),
        (HEAD + "p,s,,x.nii\n", "line 2: sequence must not be empty"),
        (HEAD + 'p,s,T1,"x.nii\n', "can't be read as a table of text"),
        (HEAD + "p,s,T1,x\np,s,T1,y\n", "lines 2 and 3.*sequence 'T1' twice"),
        (HEAD + "p,s,T1,x\nq,s,T2,y\n", "lines 2 and 3.*belongs to two patients"),
        (HEAD + "p,s,T1,x\nq,t,T1,./x\n", "lines 2 and 3: one file for two patients"),
        (
            "patient_id,study_id,sequence,path,frame\np,s,T1,x,first\n",
            "line 2: frame is a number from 0, a b-value.*Received: 'first'",
        ),
        (
            "patient_id,study_id,sequence,path,frame\np,s,T1,x,b=-5\n",
            "line 2: frame is a number from 0.*Received: 'b=-5'",
        ),
        (
            "patient_id,study_id,sequence,path,mask\np,s,T1,x,a\np,s,T2,y,b\n",
            "lines 2 and 3.*has two masks",
        ),
    ],
)
def test_wrong_table(tmp_path, text, match):
    with pytest.raises(DataError, match=match):
        read_table(write(tmp_path, text))


def test_other_encoding(tmp_path):
    path = write(tmp_path, HEAD + "Müller,s,T1,x\n", encoding="latin-1")
    (row,) = read_table(path)
    assert row.patient_id == "Müller"


def test_as_a_spreadsheet_program_writes_it(tmp_path):
    path = write(tmp_path, "sep=;\nPatient ID;Study-ID;Sequence;PATH;;\np;s;T1;x;;\n")
    (row,) = read_table(path)
    assert (row.patient_id, row.study_id, row.sequence) == ("p", "s", "T1")


def test_no_table(tmp_path):
    with pytest.raises(DataError, match="none.csv can't be read: No such file"):
        read_table(tmp_path / "none.csv")


def test_missing_volumes_are_not_the_tables_fault(tmp_path):
    assert len(read_table(write(tmp_path, HEAD + "p,s,T1,nowhere.nii\n"))) == 1


def test_a_directory_is_no_table(tmp_path):
    with pytest.raises(DataError, match="can't be read"):
        read_table(tmp_path)


def test_ids_are_taken_as_they_are_written(tmp_path):
    (row,) = read_table(write(tmp_path, HEAD + "e\u0301,s,T1,x\n"))
    assert row.patient_id == "e\u0301"  # a pseudonym is made of it


def test_rounded_ids_are_refused(tmp_path):
    path = write(tmp_path, HEAD + "1.23457E+15,s,T1,x\n")
    with pytest.raises(DataError, match="1 ids in patient_id that a spreadsheet"):
        read_table(path)
