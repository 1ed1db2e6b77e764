import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.serving.exporting import kinds
from zoo.serving.exporting import difference
from zoo.targets.target_output import outputs_of_task

TARGETS = outputs_of_task(kinds.SETTINGS["several"]["task"])[::3]  # classes, numbers
EXPECTED = {
    "probabilities": np.array([[0.25, 0.75], [0.5, 0.5]], np.float32),
    "label": np.array(["yes", "no"]),
    "predictions_size": np.array([[1.0, 2.0], [3.0, 4.0]], np.float32),
}


def measured(**changes):
    return difference.measure(
        {**EXPECTED, **changes}, EXPECTED, TARGETS, what="bfloat16", source="records"
    )


def test_the_largest_difference_of_each_output():
    found = measured(
        probabilities=np.array([[0.25, 0.75], [0.5625, 0.4375]], np.float32),
        predictions_size=np.array([[1.0, 2.0], [1.0, 4.5]], np.float32),
    )
    assert found.largest == {"probabilities": 0.0625, "predictions_size": 2.0}
    assert found.records == 2
    assert str(found) == (
        "bfloat16 against the run in float32, largest difference on 2 records: "
        "probabilities 0.062, predictions_size 2; all labels agree"
    )


def test_a_label_that_changes_is_refused():
    with pytest.raises(
        DataError, match="other labels than the run: 1 of 2, on records"
    ):
        measured(label=np.array(["yes", "yes"]))


def test_numbers_that_are_none_are_refused():
    with pytest.raises(DataError, match="gives predictions_size that are no numbers"):
        measured(predictions_size=np.array([[1.0, np.nan], [3.0, 4.0]], np.float32))


STAGED = EXPECTED | {
    "probabilities_uncalibrated": EXPECTED["probabilities"],
    "score": np.array([0.75, 0.5], np.float32),
    "is_unknown": np.array([False, True]),
}


def of_stage(**changes):
    return difference.measure(
        {**STAGED, **changes}, STAGED, TARGETS, what="bfloat16", source="records"
    )


def test_what_a_last_stage_adds_is_measured_too():
    found = of_stage(score=np.array([0.5, 0.5], np.float32))
    assert found.largest == {
        "probabilities": 0,
        "predictions_size": 0,
        "probabilities_uncalibrated": 0,
        "score": 0.25,
    }


def test_a_sample_that_one_alone_knows_is_refused():
    with pytest.raises(DataError, match="knows other samples than the run: 1 of 2"):
        of_stage(is_unknown=np.array([True, True]))
    with pytest.raises(DataError, match="gives score that are no numbers"):
        of_stage(score=np.array([np.nan, 0], np.float32))


def test_a_class_in_the_sets_of_one_alone_is_refused():
    sets = {"prediction_set": np.array([[True, False], [True, True]])}
    told = {"what": "bfloat16", "source": "records"}
    found = difference.measure(STAGED | sets, STAGED | sets, TARGETS, **told)
    assert "prediction_set" not in found.largest
    other = {"prediction_set": np.array([[True, True], [True, True]])}
    with pytest.raises(DataError, match="gives other sets than the run: 1 of 4"):
        difference.measure(STAGED | other, STAGED | sets, TARGETS, **told)
