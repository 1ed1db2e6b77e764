import dataclasses

import numpy as np
import pytest

from pipelines.errors import DataError
from zoo.evaluation.calibration.scaling import NoScaling, TemperatureScaling
from zoo.evaluation.decisions.operating_point import OperatingPoint
from zoo.evaluation.last_stage.class_sets import ClassSets
from zoo.evaluation.last_stage.stage import FittedOn, LastStage, answer
from zoo.evaluation.rejection.rules import Energy, LargestProbability

THREE = np.array([[0.5, 0.3, 0.2], [0.2, 0.45, 0.35], [0.1, 0.2, 0.7]])


def point(threshold, *event):
    return OperatingPoint(
        rule="youden", event=event, threshold=threshold, sensitivity=1, specificity=1
    )


def stage(classes=("a", "b", "c"), **parts):
    return LastStage(
        classes=classes,
        model_sha256="0" * 64,
        fitted_on=FittedOn(samples=1, patients=1, samples_per_class={}),
        **{"scaling": NoScaling(), **parts},
    )


def only(given, probabilities=THREE, **outputs):
    return answer([given], [{"probabilities": probabilities, **outputs}], [1.0])


def test_without_an_operating_point_the_most_probable_class_is_the_label():
    answered = only(stage())
    assert answered.label.tolist() == [0, 1, 2]
    assert answered.threshold is None
    assert answered.score.tolist() == [0.5, 0.45, 0.7]
    assert not answered.is_unknown.any()


def test_the_label_follows_the_threshold():
    assert only(stage(operating_point=point(0.3, "b"))).label.tolist() == [1, 1, 2]
    assert only(stage(operating_point=point(0.46, "b"))).label.tolist() == [0, 2, 2]


def test_grades_at_or_above_the_event_are_called_together():
    labels = only(stage(operating_point=point(0.5, "b", "c"))).label
    assert labels.tolist() == [1, 1, 2]
    labels = only(stage(operating_point=point(0.51, "b", "c"))).label
    assert labels.tolist() == [0, 1, 2]


def test_the_threshold_is_of_calibrated_probabilities():
    two = np.array([[0.1, 0.9], [0.4, 0.6]])
    cooled = stage(
        ("well", "ill"),
        scaling=TemperatureScaling(temperature=2),
        operating_point=point(0.7, "ill"),
    )
    answered = only(cooled, two)
    assert answered.probabilities[:, 1] == pytest.approx([0.75, 0.5505], abs=1e-4)
    np.testing.assert_array_equal(answered.uncalibrated, two)
    assert answered.label.tolist() == [1, 0]


def test_a_score_below_the_threshold_is_unknown():
    answered = only(stage(reject=LargestProbability(threshold=0.5)))
    assert answered.is_unknown.tolist() == [False, True, False]
    logits = np.array([[0.0, 0, 0], [5, 0, 0], [0, 0, -1]])
    answered = only(stage(reject=Energy(threshold=2)), logits=logits)
    np.testing.assert_allclose(answered.score, np.log(np.exp(logits).sum(axis=1)))
    assert answered.is_unknown.tolist() == [True, False, True]


def test_several_networks_answer_by_means():
    ones = [
        stage(
            ("well", "ill"),
            scaling=TemperatureScaling(temperature=t),
            operating_point=point(cut, "ill"),
            reject=LargestProbability(threshold=reject),
        )
        for t, cut, reject in ((1, 0.2, 0.55), (2, 0.4, 0.9))
    ]
    first, second = np.array([[0.4, 0.6]]), np.array([[0.1, 0.9]])
    answered = answer(
        ones, [{"probabilities": first}, {"probabilities": second}], [1.0, 3.0]
    )
    assert answered.probabilities[0, 1] == pytest.approx(0.25 * 0.6 + 0.75 * 0.75)
    assert answered.uncalibrated[0, 1] == pytest.approx(0.25 * 0.6 + 0.75 * 0.9)
    assert answered.threshold[0] == pytest.approx(0.35)
    assert answered.score[0] == pytest.approx(0.25 * 0.6 + 0.75 * 0.75)
    assert answered.is_unknown.tolist() == [True]  # three of four parts say so


def test_stages_that_can_make_no_one_answer():
    with pytest.raises(DataError, match="different classes, events or reject rules"):
        answer(
            [stage(), stage(operating_point=point(0.3, "b"))],
            [{"probabilities": THREE}] * 2,
            [1.0, 1.0],
        )


def test_an_event_of_no_class():
    with pytest.raises(DataError, match="event is some of the classes"):
        stage(operating_point=point(0.3, "d"))
    with pytest.raises(DataError, match="event is some of the classes"):
        dataclasses.replace(stage(), operating_point=point(0.3, "a", "b", "c"))


def test_sets_are_of_uncalibrated_probabilities():
    sets = ClassSets(level=0.9, lowest=(0.45, 0.25, 0.0))
    answered = only(stage(scaling=TemperatureScaling(temperature=3.0), sets=sets))
    assert answered.probabilities[0, 0] < 0.45
    assert answered.sets.tolist() == [
        [True, True, True],
        [False, True, True],
        [False, False, True],
    ]
    assert only(stage()).sets is None


def test_a_class_is_in_the_set_that_half_of_the_networks_give():
    cuts = ((0.45, 0.45, 0.45), (0.15, 0.35, 0.05), (0.9, 0.9, 0.15))
    ones = [stage(sets=ClassSets(level=0.9, lowest=cut)) for cut in cuts]
    each = [{"probabilities": THREE}] * 3
    answered = answer(ones, each, [1.0] * 3)
    assert answered.sets.tolist() == [
        [True, False, True],
        [False, True, True],
        [False, False, True],
    ]
    assert answer(ones, each, [1.0, 1.0, 4.0]).sets[1].tolist() == [False, False, True]
    assert answer(ones[:2], each[:2], [1.0] * 2).sets[0].tolist() == [True, False, True]


def test_sets_of_another_level_or_of_none_make_no_one_answer():
    ones = [stage(sets=ClassSets(level=v, lowest=(0, 0, 0))) for v in (0.8, 0.9)]
    for others in (ones, [ones[0], stage()]):
        with pytest.raises(DataError, match="or sets of other levels"):
            answer(others, [{"probabilities": THREE}] * 2, [1.0, 1.0])
    with pytest.raises(DataError, match="a threshold for each of the classes"):
        stage(sets=ClassSets(level=0.9, lowest=(0.5, 0.5)))


def test_classes_of_too_few_samples():
    counts = FittedOn(samples=27, patients=27, samples_per_class={"a": 9, "b": 8})
    sets = ClassSets(level=0.9, lowest=(0.3, 0.0, 0.0))
    given = dataclasses.replace(stage(sets=sets), fitted_on=counts)
    assert given.too_few == ("b", "c")
    assert dataclasses.replace(given, sets=None).too_few == ()
