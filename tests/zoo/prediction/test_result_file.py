import codecs
import csv
import json

import numpy as np
import pytest

from pipelines.errors import StudyError
from pipelines.tables import table_file
from tests.zoo.evaluation.cohorts import cohort, make_run
from zoo.prediction import result_file
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.result_file import Prediction


def outputs(share):
    return {
        "probabilities": np.array([1 - share, share], np.float32),
        "label": np.array("ill" if share > 0.5 else "well"),
    }


PREDICTIONS = (
    Prediction(
        number=1,
        name="study 1",
        ids={"patient_id": "secret"},
        outputs=outputs(0.5),
        by_fold={"0": outputs(0.25), "1": outputs(0.75)},
    ),
    Prediction(
        number=2,
        name="study 2",
        error=StudyError(code="x", problem="it is torn", cure="Mend it", private="/p"),
    ),
)


@pytest.fixture
def facts(tmp_path):
    return ModelFacts(name="run", task=make_run(tmp_path / "run", cohort(10)).task)


def rows(path):
    with open(path, encoding="utf-8-sig", newline="") as opened:
        return list(csv.reader(opened))


def test_columns_of_the_folds_stand_behind_the_mean(facts, tmp_path):
    path = tmp_path / "result.csv"
    result_file.write(path, PREDICTIONS, facts, folds=("0", "1"), ids=False)
    header, first, second = rows(path)
    assert header == [
        *("number", "name", "class", "prob:well", "prob:ill"),
        *("fold_0.class", "fold_0.prob:well", "fold_0.prob:ill"),
        *("fold_1.class", "fold_1.prob:well", "fold_1.prob:ill"),
        "error",
    ]
    assert first[2:5] == ["well", "0.5", "0.5"]
    assert first[5:8] == ["well", "0.75", "0.25"]
    assert first[8:] == ["ill", "0.25", "0.75", ""]
    assert second == ["2", "study 2", *[""] * 9, "it is torn. Mend it"]


def test_cells_of_a_member_that_abstains_are_empty(facts, tmp_path):
    path, table = tmp_path / "result.json", tmp_path / "result.csv"
    for place in (path, table):
        result_file.write(
            place, PREDICTIONS, facts, members=("0", "t2", "1"), ids=False
        )
    header, first, second = rows(table)
    assert header[5:8] == ["member_0.class", "member_0.prob:well", "member_0.prob:ill"]
    assert first[5:11] == ["well", "0.75", "0.25", "", "", ""]
    assert first[11:14] == ["ill", "0.25", "0.75"]
    assert second[2:-1] == [""] * 12
    (result, _) = json.loads(path.read_text(encoding="utf-8"))["results"]
    assert list(result["members"]) == ["0", "1"]


def test_of_a_single_run_there_are_none(facts, tmp_path):
    path = tmp_path / "result.csv"
    result_file.write(path, PREDICTIONS[1:], facts, ids=False)
    assert rows(path)[0] == [
        "number",
        "name",
        "class",
        "prob:well",
        "prob:ill",
        "error",
    ]


def test_json_has_what_each_fold_predicts(facts, tmp_path):
    path = tmp_path / "result.json"
    result_file.write(path, PREDICTIONS, facts, folds=("0", "1"), ids=False)
    first, second = json.loads(path.read_text(encoding="utf-8"))["results"]
    assert first["folds"] == {
        "0": {"class": "well", "probabilities": {"well": 0.75, "ill": 0.25}},
        "1": {"class": "ill", "probabilities": {"well": 0.25, "ill": 0.75}},
    }
    assert second == {"number": 2, "name": "study 2", "error": "it is torn. Mend it"}
    assert "secret" not in path.read_text(encoding="utf-8")


def test_ids_stand_in_it_on_request(facts, tmp_path):
    path = tmp_path / "result.csv"
    result_file.write(path, PREDICTIONS, facts, folds=("0", "1"), ids=True)
    header, first, second = rows(path)
    assert header[2] == "patient_id"
    assert (first[2], second[2]) == ("secret", "")


def test_json_names_the_served_model_that_answered(facts, tmp_path):
    path = tmp_path / "result.json"
    served = {"name": "liver", "version": 3}
    result_file.write(path, PREDICTIONS[1:], facts, served=served, ids=False)
    assert json.loads(path.read_text(encoding="utf-8"))["model"] == served


def test_json_of_a_run_names_no_served_model(facts, tmp_path):
    path = tmp_path / "result.json"
    result_file.write(path, PREDICTIONS[1:], facts, ids=False)
    content = json.loads(path.read_text(encoding="utf-8"))
    assert [*content] == ["format", "task", "classes", "results"]


def test_excel_knows_the_encoding(tmp_path, facts):
    path = tmp_path / "result.csv"
    result_file.write(path, PREDICTIONS, facts, folds=("0", "1"), ids=False)
    assert path.read_bytes().startswith(codecs.BOM_UTF8)
    assert table_file.read(path).header[0] == "number"
