"""Files that no run wrote: columns left out, further ones, other conventions."""

import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.evaluation.cohorts import cohort
from tests.zoo.evaluation.labelled import labelled
from zoo.evaluation.predictions import predictions_file
from zoo.evaluation.predictions.by_patient import by_patient, levels
from zoo.evaluation.predictions.predictions import join, of_split, take

BARE = "sample_id,patient_id,label,prob:well,prob:ill\n"


@pytest.fixture
def written(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "p.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


def test_split_fold_and_logits_may_be_missing(written, capsys):
    path = written(BARE + "a,p,ill,0.25,0.75\nb,q,well,1,0\n")
    read = predictions_file.read(path)
    assert (read.split, read.fold) == (("test", "test"), ("", ""))
    np.testing.assert_allclose(read.outputs["logit"][0], np.log([0.25, 0.75]))
    assert np.isfinite(read.outputs["logit"]).all()
    assert "p.csv has no logits, so they are computed from" in capsys.readouterr().err


def test_logits_of_labels_are_those_of_the_odds(written):
    path = written("sample_id,patient_id,target:fat,prob:fat\na,p,1,0.75\n")
    read = predictions_file.read(path)
    assert read.kind.name == "multilabel"
    assert read.outputs["logit"][0, 0] == pytest.approx(np.log(3))


def test_some_logits_are_not_enough(written):
    text = BARE.replace("\n", ",logit:ill\n") + "a,p,ill,0.25,0.75,1\n"
    with pytest.raises(DataError, match="missing.*logit:well"):
        predictions_file.read(written(text))


def test_further_columns_are_kept_as_they_are(written, tmp_path):
    header = "," + BARE.replace("\n", ",age,Scanner\n")  # an index without a title
    text = header + "0,a,p,ill,0.25,0.75,071,Mérida\n"
    read = predictions_file.read(written(text))
    assert read.extra == {"age": ("071",), "Scanner": ("Mérida",)}
    predictions_file.write(tmp_path / "again.csv", read)
    again = predictions_file.read(tmp_path / "again.csv")
    assert again.extra == read.extra


def test_further_columns_go_along():
    one = dataclasses.replace(
        cohort(3, samples_each=2),
        extra={"sex": ("f", "f", "m", "f", "", "m"), "age": ("1",) * 6},
    )
    assert take(one, [2, 0]).extra == {"sex": ("m", "f"), "age": ("1", "1")}
    assert len(of_split(one, "train").extra["sex"]) == 0
    other = cohort(2, name="other")
    assert join([other, one]).extra["age"] == ("", "") + ("1",) * 6
    assert by_patient(one).extra == {"sex": ("f", "", "m"), "age": ("1",) * 3}


def test_a_further_column_has_a_cell_for_each_sample():
    with pytest.raises(DataError, match="age wants the shape"):
        dataclasses.replace(cohort(3), extra={"age": ("1",)})


def test_grades_are_declared(written):
    path = written(BARE + "a,p,ill,0.25,0.75\n")
    assert predictions_file.read(path).kind.name == "classification"
    assert predictions_file.read(path, ordinal=True).kind.name == "ordinal"


def test_labels_are_no_grades(tmp_path):
    predictions_file.write(tmp_path / "p.csv", labelled(4))
    with pytest.raises(DataError, match="--ordinal is for classes.*multilabel"):
        predictions_file.read(tmp_path / "p.csv", ordinal=True)


@pytest.mark.parametrize("separator", ["\t", ";"])
def test_decimal_commas(written, separator):
    rows = BARE + "a,p,ill,0.25,0.75\nb,q,well,0.5,0.5\n"
    text = rows.replace(",", separator).replace(".", ",")
    read = predictions_file.read(written(text, "utf-16"))
    np.testing.assert_array_equal(read.probabilities, [[0.25, 0.75], [0.5, 0.5]])


def test_commas_that_may_be_of_thousands_are_not_guessed_at(written):
    start = "sample_id\tpatient_id\ttarget:ml\tpred:ml\n"
    with pytest.raises(DataError, match="row 2: target:ml is no number.*'1,234'"):
        predictions_file.read(written(start + "a\tp\t1,234\t2\nb\tq\t2\t2\n"))
    text = start + "a\tp\t1,234\t2\nb\tq\t2,5\t2\n"
    assert predictions_file.read(written(text)).truth[:, 0].tolist() == [1.234, 2.5]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("b,q,ill,0.5,0.6", r"row 3: prob.*Received: 0.5, 0.6 \(sum 1.1\).*sample b"),
        ("a,q,ill,0.5,0.5", "row 3: .*sample 'a' twice, before in row 2"),
        ("b,,ill,0.5,0.5", "row 3: every sample wants a patient_id"),
        ("b,q,sick,0.5,0.5", "row 3: label 'sick' is none of"),
    ],
)
def test_a_wrong_row_is_named(written, row, message):
    with pytest.raises(DataError, match=message):
        predictions_file.read(written(BARE + f"a,p,ill,0.25,0.75\n{row}\n"))


def test_a_contradictory_patient_is_left_out_and_not_the_level():
    truth = cohort(5, samples_each=2)
    truth.truth[1] = 1 - truth.truth[1]
    both = levels(truth)
    assert both.mixed == ("test-0000",)
    assert both.patient.patient_id == tuple(f"test-{i:04d}" for i in range(1, 5))
    assert len(both.sample) == 10
