import dataclasses
import unicodedata

import numpy as np
import pytest

from pipelines.errors import DataError
from pipelines.tasks.target import Target
from tests.pipelines.tables.sheets import write_xlsx
from tests.zoo.evaluation.cohorts import cohort, given
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.numbered import numbered
from zoo.evaluation.predictions import predictions_file
from zoo.targets.ordinal import ORDINAL


@pytest.fixture
def table(tmp_path):
    """A file to spoil: the header and the rows as lists of cells."""
    path = tmp_path / "predictions.csv"
    predictions_file.write(path, given([0, 1, 1], [0.25, 0.5, 0.75]))

    def spoil(change):
        rows = [
            line.split(",") for line in path.read_text(encoding="utf-8").splitlines()
        ]
        change(rows)
        path.write_text(
            "\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8"
        )
        return path

    return spoil


def test_writes_and_reads_back(tmp_path):
    written = cohort(9, ("a", "b, or c", "≥S2"), samples_each=2, fold="1")
    predictions_file.write(tmp_path / "p.csv", written)
    read = predictions_file.read(tmp_path / "p.csv")
    for name in ("sample_id", "patient_id", "split", "fold", "names"):
        assert getattr(read, name) == getattr(written, name)
    np.testing.assert_array_equal(read.label, written.label)
    for word in ("prob", "logit"):
        np.testing.assert_allclose(read.outputs[word], written.outputs[word], rtol=1e-8)


def test_float32_reads_back_bit_equal(tmp_path):
    written = cohort(50)
    single = written.probabilities.astype(np.float32)
    written = dataclasses.replace(written, outputs={"prob": single, "logit": single})
    predictions_file.write(tmp_path / "p.csv", written)
    read = predictions_file.read(tmp_path / "p.csv")
    np.testing.assert_array_equal(read.probabilities.astype(np.float32), single)


def test_columns_are_as_documented(tmp_path):
    predictions_file.write(tmp_path / "p.csv", given([1], [0.75]))
    header, row = (tmp_path / "p.csv").read_text(encoding="utf-8").splitlines()
    assert header == (
        "sample_id,patient_id,split,fold,label,prob:well,prob:ill,logit:well,logit:ill"
    )
    assert row.startswith("s0,p0,test,,ill,0.25,0.75,")


def test_the_data_sets_order_of_classes_rules(tmp_path):
    predictions_file.write(tmp_path / "p.csv", given([0, 1], [0.25, 0.75]))
    turned = predictions_file.read(tmp_path / "p.csv", Target(classes=("ill", "well")))
    assert turned.label.tolist() == [1, 0]
    np.testing.assert_allclose(turned.probabilities, [[0.25, 0.75], [0.75, 0.25]])


def test_a_byte_order_mark_is_no_part_of_the_header(tmp_path):
    path = tmp_path / "p.csv"
    predictions_file.write(path, given([0], [0.25]))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert predictions_file.read(path).sample_id == ("s0",)


@pytest.mark.parametrize(
    ("separator", "point", "encoding"),
    [(";", ",", "cp1252"), ("\t", ".", "utf-16"), (";", ",", "utf-8-sig")],
    ids=["CSV in Germany", "Unicode text", "CSV UTF-8 in Germany"],
)
def test_a_file_that_was_opened_and_saved(tmp_path, separator, point, encoding):
    path = tmp_path / "p.csv"
    predictions_file.write(path, cohort(9, ("größer", "kleiner")))
    before = predictions_file.read(path)
    rows = [
        line.replace(",", separator).replace(".", point)
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    path.write_bytes("\r\n".join([*rows, separator * 8, ""]).encode(encoding))
    after = predictions_file.read(path)
    assert (after.sample_id, after.names) == (before.sample_id, before.names)
    for word in ("prob", "logit"):
        np.testing.assert_array_equal(after.outputs[word], before.outputs[word])


def test_a_spreadsheet(tmp_path):
    header = ("Sample ID", "patient_id", "split", "fold", "label")
    header += ("prob:1", "prob:2", "logit:1", "logit:2")
    rows = [header, ("s0", "'p0", "test", None, 2, 0.125, 0.875, -0.5, 1)]
    write_xlsx(tmp_path / "p.xlsx", {"a": rows})
    read = predictions_file.read(tmp_path / "p.xlsx", Target(classes=("1", "2")))
    assert (read.sample_id, read.patient_id, read.fold) == (("s0",), ("'p0",), ("",))
    assert (read.label.tolist(), read.probabilities.tolist()) == ([1], [[0.125, 0.875]])


def test_names_are_those_of_the_task_in_either_form_of_unicode(tmp_path):
    apart = unicodedata.normalize("NFD", "größer")
    predictions_file.write(tmp_path / "p.csv", cohort(4, (apart, "a;b;c;d;e;f;g;h")))
    assert predictions_file.read(tmp_path / "p.csv").names[0] == apart
    text = (tmp_path / "p.csv").read_text(encoding="utf-8")
    together = unicodedata.normalize("NFC", text)
    (tmp_path / "p.csv").write_text(together, encoding="utf-8")
    target = Target(classes=(apart, "a;b;c;d;e;f;g;h"))
    assert predictions_file.read(tmp_path / "p.csv", target).names == target.classes


def test_ids_that_were_rounded_are_nobodys(table):
    path = table(lambda rows: rows[1].__setitem__(1, "1.23457E+15"))
    with pytest.raises(DataError, match=r"rounded numbers: 1.23457E\+15"):
        predictions_file.read(path)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1234567890123456", "p1234567890123456"),
        ("p1234567890123456", "p1234567890123456"),
        ("12345678901234567", "12345678901234567"),
        ("ABCDEF0123456789", "ABCDEF0123456789"),
    ],
)
def test_ids_of_runs_of_before_are_written_as_today_and_no_others(
    written, read, tmp_path
):
    path = tmp_path / "p.csv"
    ids = f"{written},{written},test,{written}"
    path.write_text(
        "sample_id,patient_id,split,fold,label,prob:a,prob:b,logit:a,logit:b\n"
        f"{ids},a,0.5,0.5,0,0\n",
        encoding="utf-8",
    )
    found = predictions_file.read(path)
    assert (found.sample_id, found.patient_id, found.fold) == ((read,),) * 3
    assert (found.split, found.names) == (("test",), ("a", "b"))


def test_no_file(tmp_path):
    with pytest.raises(DataError, match="none.csv can't be read: No such file"):
        predictions_file.read(tmp_path / "none.csv")


def test_other_classes(table):
    with pytest.raises(DataError, match="are not the classes .*'sick'"):
        predictions_file.read(
            table(lambda rows: None), Target(classes=("well", "sick"))
        )


def test_missing_column(table):
    def drop(rows):
        for row in rows:
            del row[1]

    with pytest.raises(DataError, match=r"missing column\(s\) patient_id"):
        predictions_file.read(table(drop))


def test_missing_logit(table):
    with pytest.raises(DataError, match="missing.*logit:ill"):
        predictions_file.read(table(lambda rows: [row.pop() for row in rows]))


def test_no_probability_column(tmp_path):
    (tmp_path / "p.csv").write_text(
        "sample_id,patient_id,split,fold,label\n", encoding="utf-8"
    )
    with pytest.raises(DataError, match="missing column.*prob:<class>"):
        predictions_file.read(tmp_path / "p.csv")


def test_empty_file(tmp_path):
    (tmp_path / "p.csv").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="missing column"):
        predictions_file.read(tmp_path / "p.csv")


def test_unknown_column(table):
    def add(rows):
        for i, row in enumerate(rows):
            row.append("3" if i else "age")

    path, target = table(add), Target(classes=("well", "ill"))
    with pytest.raises(DataError, match="unknown column 'age'"):
        predictions_file.read(path, target)


def test_an_output_of_no_class_is_no_further_column(table):
    def add(rows):
        for i, row in enumerate(rows):
            row.append("3" if i else "pred:ill")

    with pytest.raises(DataError, match="unknown column 'pred:ill'"):
        predictions_file.read(table(add))


def test_double_column(table):
    with pytest.raises(DataError, match="column 'fold' stands twice"):
        predictions_file.read(table(lambda rows: [row.append("fold") for row in rows]))


def test_unknown_label(table):
    with pytest.raises(DataError, match="row 3: label 'sick' is none of the classes"):
        predictions_file.read(table(lambda rows: rows[2].__setitem__(4, "sick")))


def test_no_number(table):
    with pytest.raises(DataError, match="row 2: prob:well is no number.*'high'"):
        predictions_file.read(table(lambda rows: rows[1].__setitem__(5, "high")))


def test_short_row(table):
    with pytest.raises(DataError, match="row 4 has 8 cells where the header has 9"):
        predictions_file.read(table(lambda rows: rows[3].pop()))


def test_header_alone(table):
    with pytest.raises(DataError, match="no prediction"):
        predictions_file.read(table(lambda rows: rows.__delitem__(slice(1, None))))


@pytest.mark.parametrize("cell", ["0.752", "nan", "-0.25"])
def test_probabilities_that_are_no_distribution(table, cell):
    with pytest.raises(DataError, match="sum to 1 within 0.001.*sample s0"):
        predictions_file.read(table(lambda rows: rows[1].__setitem__(5, cell)))


def test_a_sum_within_the_tolerance(table):
    predictions_file.read(table(lambda rows: rows[1].__setitem__(5, "0.7509")))


def test_sample_twice(table):
    with pytest.raises(DataError, match="sample 's0' twice"):
        predictions_file.read(table(lambda rows: rows[2].__setitem__(0, "s0")))


def test_sample_without_patient(table):
    with pytest.raises(DataError, match="every sample wants a patient_id"):
        predictions_file.read(table(lambda rows: rows[2].__setitem__(1, "")))


def test_unknown_split(table):
    with pytest.raises(DataError, match="one of train, validation, test.*'holdout'"):
        predictions_file.read(table(lambda rows: rows[2].__setitem__(2, "holdout")))


def test_one_class(tmp_path):
    (tmp_path / "p.csv").write_text(
        "sample_id,patient_id,split,fold,label,prob:a,logit:a\ns,p,test,,a,1,0\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError, match="two or more different classes"):
        predictions_file.read(tmp_path / "p.csv")


@pytest.mark.parametrize(
    ("predictions", "kind"),
    [
        (cohort(4), "classification"),
        (labelled(4), "multilabel"),
        (numbered(4), "regression"),
    ],
)
def test_the_header_tells_the_kind(predictions, kind, tmp_path):
    predictions_file.write(tmp_path / "p.csv", predictions)
    read = predictions_file.read(tmp_path / "p.csv")
    assert (read.kind.name, read.names) == (kind, predictions.names)


def test_a_target_says_of_classes_that_they_are_ordered(tmp_path):
    predictions_file.write(tmp_path / "p.csv", cohort(4, kind=ORDINAL))
    target = Target(kind="ordinal", classes=("well", "ill"))
    assert predictions_file.read(tmp_path / "p.csv", target).kind is ORDINAL


def test_numbers_without_their_truth(tmp_path):
    (tmp_path / "p.csv").write_text(
        "sample_id,patient_id,split,fold,pred:kpa\n", encoding="utf-8"
    )
    with pytest.raises(DataError, match="missing column.*target:<name>"):
        predictions_file.read(tmp_path / "p.csv")


def test_a_failed_write_leaves_nothing(tmp_path):
    written = given([0], [0.5], classes=("well", "\udcff"))
    with pytest.raises(UnicodeEncodeError):
        predictions_file.write(tmp_path / "p.csv", written)
    assert list(tmp_path.iterdir()) == []
