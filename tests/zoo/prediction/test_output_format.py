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
