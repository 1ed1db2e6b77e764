"""What a rounding decides of a last stage, and what it does not."""

import numpy as np
import pytest

from zoo.evaluation.calibration.scaling import IsotonicScaling, NoScaling
from zoo.evaluation.decisions.operating_point import OperatingPoint
from zoo.evaluation.last_stage.class_sets import ClassSets
from zoo.evaluation.last_stage.stage import FittedOn, LastStage
from zoo.evaluation.rejection.rules import LargestProbability, Mahalanobis
from zoo.prediction.staged_answer import staged
from zoo.serving.exporting import near_thresholds

TOLERANCE = 1e-3


def stage(scaling=None, threshold=None, reject=None, sets=None):
    point = None
    if threshold is not None:
        point = OperatingPoint(
            rule="youden",
            event=("ill",),
            threshold=threshold,
            sensitivity=1,
            specificity=1,
        )
    return LastStage(
        classes=("well", "ill"),
        scaling=scaling or NoScaling(),
        operating_point=point,
        reject=reject,
        sets=sets,
        model_sha256="0" * 64,
        fitted_on=FittedOn(samples=1, patients=1, samples_per_class={}),
    )


def outputs(ill, **others):
    ill = np.array(ill, np.float32)
    return {"probabilities": np.stack([1 - ill, ill], axis=1), **others}


def held(stages, *each):
    """The answers that are held to, of one network or of several."""
    stages = stages if isinstance(stages, list) else [stages]
    answered = {"probabilities": each[0]["probabilities"]}
    answers = staged(answered, each, stages)
    return near_thresholds.without(answers, stages, each, TOLERANCE)


def test_a_label_near_the_threshold_is_not_held_to():
    answers = held(stage(threshold=0.3), outputs([0.2, 0.2995, 0.3, 0.3005, 0.31]))
    assert answers["label"].tolist() == ["well", None, None, None, "ill"]
    assert answers["is_unknown"].tolist() == [False] * 5


def test_without_a_threshold_it_is_where_classes_are_equal():
    answers = held(stage(), outputs([0.2, 0.4995, 0.51]))
    assert answers["label"].tolist() == ["well", None, "ill"]


def test_a_score_near_its_threshold():
    reject = LargestProbability(threshold=0.75)
    answers = held(stage(reject=reject), outputs([0.26, 0.2505, 0.2495, 0.24]))
    assert answers["is_unknown"].tolist() == [True, None, None, False]
    assert answers["label"].tolist() == ["well"] * 4


def test_of_several_networks_the_vote_may_be_sure_though_one_is_not():
    """Two of three are unknown for certain; of two, one decides."""
    rejects = [LargestProbability(threshold=cut) for cut in (0.75, 0.9, 0.9)]
    stages = [stage(reject=reject) for reject in rejects]
    near = outputs([0.2501])
    assert held(stages, *[near] * 3)["is_unknown"].tolist() == [True]
    two = [stages[0], stage(reject=LargestProbability(threshold=0.5))]
    assert held(two, *[near] * 2)["is_unknown"].tolist() == [None]


def test_numbers_are_held_to_but_where_the_stage_makes_much_of_a_rounding():
    line = (0.0, 0.5, 0.51, 1.0), (0.0, 0.1, 0.9, 1.0)
    scaling = IsotonicScaling(stated=line[:1], observed=line[1:])
    answers = held(stage(scaling=scaling), outputs([0.25, 0.505, 0.75]))
    assert np.not_equal(answers["probabilities"], None).tolist() == [
        [True, True],
        [False, False],
        [True, True],
    ]
    assert np.not_equal(answers["score"], None).tolist() == [True, False, True]
    assert answers["probabilities"][0, 1] == pytest.approx(0.05)


def test_distances_in_directions_of_little_variance():
    def distance(rest):
        return Mahalanobis(
            means=((0.0, 0.0), (5.0, 5.0)),
            directions=((1.0, 0.0),),
            variances=(1.0,),
            rest=rest,
            threshold=-1e9,
        )

    each = outputs([0.2], features=np.array([[0.1, 0.1]], np.float32))
    wide, narrow = (held(stage(reject=distance(v)), each) for v in (1.0, 1e-5))
    assert wide["score"].tolist() != [None]
    assert narrow["score"].tolist() == [None]
    assert narrow["is_unknown"].tolist() == [False]


def test_the_same_answer_every_time_and_other_outputs_as_they_are():
    given = outputs([0.2995, 0.3003])
    answered = {"probabilities": given["probabilities"], "label_x": np.array(["a"] * 2)}
    answers = staged(answered, [given], [stage(threshold=0.3)])
    first, second = (
        near_thresholds.without(answers, [stage(threshold=0.3)], [given], TOLERANCE)
        for _ in range(2)
    )
    assert {*first} == {*answers}
    assert first["label_x"] is answers["label_x"]
    for name, values in first.items():
        np.testing.assert_array_equal(values, second[name])


def test_a_class_near_its_threshold_of_a_set_is_not_held_to():
    sets = ClassSets(level=0.9, lowest=(0.0, 0.3))
    answers = held(stage(sets=sets), outputs([0.2, 0.2995, 0.3, 0.3005, 0.31]))
    assert answers["prediction_set"].tolist() == [
        [True, False],
        *([True, None],) * 3,
        [True, True],
    ]
    assert "prediction_set" not in held(stage(), outputs([0.2]))
