import numpy as np

from pipelines.tasks.target import Target
from zoo.prediction import output_format
from zoo.targets.target_output import TargetOutput

STAGE = TargetOutput(
    target=Target(
        kind="ordinal", columns=("x",), classes=("F0", "F1", "F2"), name="stage"
    )
)
SIGNS = TargetOutput(
    target=Target(kind="multilabel", columns=("a", "b"), classes=("A", "B"))
)
FAT = TargetOutput(target=Target(kind="regression", columns=("fat", "kpa")))
OUTPUTS = {
    "probabilities": np.array([0.25, 0.875], np.float32),
    "probabilities_stage": np.array([0.25, 0.5, 0.25], np.float32),
    "label_stage": np.array("F1"),
    "predictions": np.array([1234.5678, -0.25], np.float32),
}


def test_classes_with_the_name_of_a_further_target():
    assert output_format.columns(STAGE) == [
        *("stage.class", "stage.prob:F0", "stage.prob:F1", "stage.prob:F2")
    ]
    assert output_format.cells(OUTPUTS, STAGE) == ["F1", "0.25", "0.5", "0.25"]
    assert output_format.fields(OUTPUTS, STAGE) == {
        "class": "F1",
        "probabilities": {"F0": 0.25, "F1": 0.5, "F2": 0.25},
    }
    assert output_format.words(OUTPUTS, STAGE) == [
        "stage: F1",
        "F0 0.250, F1 0.500, F2 0.250",
    ]


def test_the_class_is_what_the_last_stage_says_and_a_server_says_it_in_bytes():
    for label in (np.array("F0"), np.array(b"F0"), np.array(b"F0", object)):
        outputs = {**OUTPUTS, "label_stage": label}
        assert output_format.cells(outputs, STAGE) == ["F0", "0.25", "0.5", "0.25"]


def test_labels():
    assert output_format.columns(SIGNS) == ["prob:A", "prob:B"]
    assert output_format.cells(OUTPUTS, SIGNS) == ["0.25", "0.875"]
    assert output_format.fields(OUTPUTS, SIGNS) == {
        "probabilities": {"A": 0.25, "B": 0.875}
    }
    assert output_format.words(OUTPUTS, SIGNS) == ["A 0.250, B 0.875"]


def test_numbers():
    assert output_format.columns(FAT) == ["pred:fat", "pred:kpa"]
    assert output_format.cells(OUTPUTS, FAT) == ["1234.56775", "-0.25"]
    assert output_format.fields(OUTPUTS, FAT) == {
        "predictions": {"fat": 1234.56775, "kpa": -0.25}
    }
    assert output_format.words(OUTPUTS, FAT) == ["fat 1235, kpa -0.25"]


GRADE = TargetOutput(target=Target(columns=("x",), classes=("low", "mid", "high")))


def staged(inside, *, is_unknown=False):
    return {
        "probabilities": np.array([0.5, 0.25, 0.25], np.float32),
        "label": np.array("low"),
        "probabilities_uncalibrated": np.array([0.75, 0.125, 0.125], np.float32),
        "score": np.array(0.5, np.float32),
        "is_unknown": np.array(is_unknown),
        "prediction_set": np.array(inside),
    }


def test_a_set_of_classes():
    outputs = staged([True, False, True])
    assert output_format.columns(GRADE, staged=True, sets=True)[-4:] == [
        *("is_unknown", "in_set:low", "in_set:mid", "in_set:high")
    ]
    assert output_format.cells(outputs, GRADE)[-4:] == ["0", "1", "0", "1"]
    assert output_format.fields(outputs, GRADE)["prediction_set"] == ["low", "high"]
    assert output_format.headings(GRADE, 0.9) == [
        "class",
        "set (90 %)",
        "probabilities",
    ]
    assert output_format.words(outputs, GRADE) == [
        *("low", "low, high", "low 0.500, mid 0.250, high 0.250")
    ]


def test_an_empty_set_and_that_of_a_study_that_is_unknown():
    outputs = staged([False] * 3)
    assert output_format.cells(outputs, GRADE)[-3:] == ["0"] * 3
    assert output_format.fields(outputs, GRADE)["prediction_set"] == []
    assert output_format.words(outputs, GRADE)[:2] == ["low", "(none)"]
    outputs = staged([False, True, False], is_unknown=True)
    assert output_format.words(outputs, GRADE)[:2] == ["unknown", "mid"]


def test_without_sets_nothing_of_them():
    outputs = staged([True] * 3)
    del outputs["prediction_set"]
    columns = output_format.columns(GRADE, staged=True)
    assert columns[-1] == "is_unknown"
    assert len(output_format.cells(outputs, GRADE)) == len(columns)
    assert [*output_format.fields(outputs, GRADE)][-1] == "is_unknown"
    assert output_format.headings(GRADE) == ["class", "probabilities"]
    assert len(output_format.words(outputs, GRADE)) == 2
    both = OUTPUTS | staged([True] * 3)  # a further target has none
    assert output_format.prediction_set(both, STAGE) is None
    assert output_format.headings(STAGE, 0.9) == ["stage class", "stage probabilities"]
