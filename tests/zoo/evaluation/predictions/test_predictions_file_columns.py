import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError
from pipelines.tasks.target import Target
from tests.zoo.evaluation.labelled import labelled
from tests.zoo.evaluation.predictions.same import same
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.predictions import take


def target(*names):
    return Target(kind="multilabel", columns=names, classes=names)


@pytest.fixture
def table(tmp_path):
    """A file to spoil: the header and the rows as lists of cells."""
    path = tmp_path / "p.csv"
    predictions_file.write(path, labelled(4, ("a", "b"), unknown=0.5))

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
    written = labelled(9, ("a", "b, or c"), unknown=0.3, fold="1")
    predictions_file.write(tmp_path / "p.csv", written)
    same(predictions_file.read(tmp_path / "p.csv", target("a", "b, or c")), written)


def test_columns_are_as_documented(tmp_path):
    one = take(labelled(4, ("a", "b")), [0])
    one = dataclasses.replace(one, truth=np.array([[1, np.nan]]))
    predictions_file.write(tmp_path / "p.csv", one)
    header, row = (tmp_path / "p.csv").read_text(encoding="utf-8").splitlines()
    assert header == (
        "sample_id,patient_id,split,fold,target:a,target:b,prob:a,prob:b,logit:a,"
        "logit:b"
    )
    assert row.startswith("test-sample0000,test-0000,test,,1,,0.")


def test_the_data_sets_order_of_columns_rules(tmp_path):
    written = labelled(5, ("a", "b"))
    predictions_file.write(tmp_path / "p.csv", written)
    turned = predictions_file.read(tmp_path / "p.csv", target("b", "a"))
    np.testing.assert_array_equal(turned.truth, written.truth[:, ::-1])


def set_cell(row, column, value):
    def change(rows):
        rows[row][rows[0].index(column)] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (set_cell(0, "target:b", "target:c"), r"missing column.s. target:b"),
        (set_cell(1, "prob:a", "x"), "row 2: prob:a is no number. Received: 'x'"),
        (set_cell(1, "prob:a", ""), "row 2: prob:a is no number"),
        (
            set_cell(1, "target:a", "2"),
            "row 2: a label is 0, 1 or not known",
        ),
        (
            set_cell(1, "prob:a", "1.5"),
            "row 2: probabilities must be in 0..1. Received: 1.5 for sample",
        ),
        (
            set_cell(1, "logit:a", "nan"),
            "row 2: every logit is a number.*logit:a nan",
        ),
        (set_cell(1, "split", "later"), "a split is one of"),
        (lambda rows: rows[1].pop(), "row 2 has 9 cells where the header has 10"),
        (lambda rows: rows.__delitem__(slice(1, None)), "no prediction"),
        (lambda rows: [row.append("1") for row in rows], "unknown column '1'"),
    ],
)
def test_a_spoilt_file(table, change, message):
    with pytest.raises(DataError, match=message):
        predictions_file.read(table(change), target("a", "b"))
