"""The stage in a graph says what the stage in NumPy says, whatever it is made of."""

import itertools

import numpy as np
import pytest
import tensorflow as tf

from pipelines.errors import DataError
from zoo.evaluation.calibration import scaling as scalings
from zoo.evaluation.calibration.scaling import (
    IsotonicScaling,
    NoScaling,
    TemperatureScaling,
    VectorScaling,
)
from zoo.evaluation.decisions.operating_point import OperatingPoint
from zoo.evaluation.last_stage import stage as of_numpy
from zoo.evaluation.last_stage.class_sets import ClassSets
from zoo.evaluation.last_stage.stage import PROBABILITIES, FittedOn, LastStage
from zoo.evaluation.rejection import rule_fit, rules
from zoo.evaluation.rejection.rules import (
    LOGITS,
    Energy,
    LargestProbability,
    Mahalanobis,
)
from zoo.prediction import graph_reject_rules, graph_scalings, graph_stage
from zoo.prediction.staged_answer import staged

CLASSES = {2: ("well", "ill"), 3: ("a", "b", "c"), 9: tuple("abcdefghi")}
ROWS, FEATURES = 40, 12


def isotonic(number, generator):
    """Lines with flat parts, steep parts and knots at one place."""
    lines = [
        (np.sort(generator.random(7)), np.sort(generator.random(7)))
        for _ in range(1 if number == 2 else number)
    ]
    for stated, observed in lines:
        stated[3] = stated[2]
        observed[5] = observed[4]
    stated, observed = zip(*lines)
    return IsotonicScaling(stated=rows(stated), observed=rows(observed))


def rows(arrays):
    return tuple(tuple(map(float, array)) for array in arrays)


def scaling_of(name, number, generator):
    if name == "temperature":
        return TemperatureScaling(temperature=float(generator.uniform(0.4, 3)))
    if name == "vector":
        return VectorScaling(
            factors=tuple(generator.normal(1, 0.5, number).tolist()),
            biases=tuple(generator.normal(0, 1, number).tolist()),
        )
    return isotonic(number, generator) if name == "isotonic" else NoScaling()


def rule_of(name, number, generator):
    if name == "mahalanobis":
        labels = np.arange(60) % number
        features = generator.normal(size=(60, FEATURES)) + labels[:, None]
        return rule_fit.unthresholded(name, features, labels, number)
    return {"largest": LargestProbability, "energy": Energy}[name]()


def point(event, threshold):
    return OperatingPoint(
        rule="youden", event=event, threshold=threshold, sensitivity=1, specificity=1
    )


def stage_of(classes, **parts):
    return LastStage(
        classes=classes,
        model_sha256="0" * 64,
        fitted_on=FittedOn(samples=1, patients=1, samples_per_class={}),
        **parts,
    )


def outputs_of(number, generator):
    """Float32, as of a network: unsure ones, certain ones, ties."""
    shares = generator.dirichlet(np.full(number, 0.4), ROWS).astype(np.float32)
    shares[:number] = np.eye(number)
    shares[number] = 1 / number
    shares[number + 1] = [0.5, 0.5, *[0] * (number - 2)]
    return {
        "probabilities": shares,
        "logits": generator.normal(0, 3, (ROWS, number)).astype(np.float32),
        "features": generator.normal(1, 2, (ROWS, FEATURES)).astype(np.float32),
    }


def both(stages, each, weights=None):
    """What TensorFlow says, operation by operation, and what NumPy says."""
    weights = weights or [1.0] * len(stages)
    answered = {"probabilities": tf.constant(each[0]["probabilities"])}
    given = [{name: tf.constant(v) for name, v in one.items()} for one in each]
    tensors = graph_stage.staged(answered, given, stages, weights)
    found = {name: values.numpy() for name, values in tensors.items()}
    return found, of_numpy.answer(stages, each, weights)


def assert_equal(found, expected, classes):
    for name, values in (
        ("probabilities", expected.probabilities),
        ("score", expected.score),
    ):
        assert found[name].dtype == np.float32
        np.testing.assert_allclose(found[name], values, rtol=2e-7, atol=1e-12)
    labels = [name.decode() for name in found["label"]]
    assert labels == np.array(classes)[expected.label].tolist()
    assert found["is_unknown"].dtype == bool
    np.testing.assert_array_equal(found["is_unknown"], expected.is_unknown)


@pytest.mark.parametrize("number", CLASSES)
@pytest.mark.parametrize("rule", [None, *rules.RULES])
@pytest.mark.parametrize("scaling", scalings.SCALINGS)
def test_every_scaling_with_every_rule(scaling, rule, number):
    generator = np.random.default_rng(number)
    classes = CLASSES[number]
    outputs = outputs_of(number, generator)
    scaled = scaling_of(scaling, number, generator)
    plain = stage_of(
        classes,
        scaling=scaled,
        reject=None if rule is None else rule_of(rule, number, generator),
    )
    expected = of_numpy.answer([plain], [outputs], [1.0])
    if rule is not None:
        request = rule_fit.RejectRequest(name=rule, coverage=0.7)
        reject = rule_fit.with_threshold(plain.reject, request, expected.score)
    events = itertools.accumulate([classes[-1:], classes[:-1][-1:]][: number - 1])
    for event in [None, *events]:
        cut = None
        if event is not None:
            chance = of_numpy.event_score(
                expected.probabilities, np.isin(classes, event)
            )
            cut = point(event, between(chance))
        given = stage_of(
            classes,
            scaling=scaled,
            operating_point=cut,
            reject=None if rule is None else reject,
        )
        found, wanted = both([given], [outputs])
        assert_equal(found, wanted, classes)
        assert rule is None or 0 < wanted.is_unknown.sum() < ROWS
        assert len({*wanted.label}) > 1


def between(values):
    """Halfway between two of the middle values, which no rounding crosses."""
    apart = np.unique(values.round(9))
    place = len(apart) // 2
    return float(apart[place - 1] + apart[place]) / 2


def test_what_has_no_form_in_a_graph_fails_here():
    assert {*graph_scalings.GRAPH_SCALINGS} == {*scalings.SCALINGS.values()}
    assert {*graph_reject_rules.GRAPH_RULES} == {*rules.RULES.values()}


def test_a_share_at_the_threshold_is_the_event_and_a_score_there_is_known():
    shares = np.array([[0.75, 0.25], [0.5, 0.5], [0.25, 0.75]], np.float32)
    given = stage_of(
        CLASSES[2],
        scaling=NoScaling(),
        operating_point=point(("ill",), 0.25),
        reject=LargestProbability(threshold=0.75),
    )
    found, _ = both([given], [{"probabilities": shares}])
    assert found["label"].tolist() == [b"ill"] * 3
    assert found["is_unknown"].tolist() == [False, True, False]
    just_above = stage_of(
        CLASSES[2],
        scaling=NoScaling(),
        operating_point=point(("ill",), np.nextafter(0.25, 1)),
        reject=LargestProbability(threshold=np.nextafter(0.75, 1)),
    )
    found, _ = both([just_above], [{"probabilities": shares}])
    assert found["label"].tolist() == [b"well", b"ill", b"ill"]
    assert found["is_unknown"].all()


def test_of_equal_shares_the_first_is_the_label():
    third = np.full((2, 3), 1 / 3, np.float32)
    third[1] = [0.25, 0.375, 0.375]
    given = stage_of(CLASSES[3], scaling=NoScaling())
    found, wanted = both([given], [{"probabilities": third}])
    assert found["label"].tolist() == [b"a", b"b"]
    assert wanted.label.tolist() == [0, 1]


def test_isotonic_lines_at_their_knots_and_beyond():
    """Several knots at one place: the last of them counts, as in `numpy.interp`."""
    stated, observed = (0.25, 0.5, 0.5, 0.75), (0.1, 0.3, 0.6, 0.6)
    scaling = IsotonicScaling(stated=(stated,), observed=(observed,))
    ill = np.array([0, 0.1, 0.25, 0.4, 0.5, 0.6, 0.75, 0.9, 1], np.float32)
    given = stage_of(CLASSES[2], scaling=scaling, operating_point=point(("ill",), 0.6))
    found, wanted = both([given], [{"probabilities": np.stack([1 - ill, ill], 1)}])
    np.testing.assert_array_equal(
        found["probabilities"][:, 1],
        np.interp(ill.astype(np.float64), stated, observed).astype(np.float32),
    )
    assert found["label"].tolist() == [b"well"] * 4 + [b"ill"] * 5
    assert wanted.label.tolist() == [0] * 4 + [1] * 5


def test_lines_of_one_knot_and_lines_that_give_nothing():
    none = ((0.5,), (0.2, 0.8), (0.5,)), ((0.0,), (0.0, 1.0), (0.0,))
    scaling = IsotonicScaling(stated=none[0], observed=none[1])
    shares = np.array([[0.6, 0.1, 0.3], [0.3, 0.5, 0.2]], np.float32)
    found, _ = both(
        [stage_of(CLASSES[3], scaling=scaling)], [{"probabilities": shares}]
    )
    np.testing.assert_allclose(found["probabilities"], [shares[0], [0, 1, 0]])


@pytest.mark.parametrize("networks", [2, 3, 12])
def test_several_networks_answer_by_means(networks):
    """Half of twelve is half, though twelve twelfths of NumPy's are less than one."""
    generator = np.random.default_rng(networks)
    each = [outputs_of(3, generator) for _ in range(networks)]
    stages = [
        stage_of(
            CLASSES[3],
            scaling=scaling_of("vector", 3, generator),
            operating_point=point(("b", "c"), float(generator.uniform(0.3, 0.9))),
            reject=LargestProbability(threshold=float(generator.uniform(0.5, 0.9))),
        )
        for _ in range(networks)
    ]
    for weights in ([1.0] * networks, [float(1 + n) for n in range(networks)]):
        found, wanted = both(stages, each, weights)
        assert_equal(found, wanted, CLASSES[3])
    half = [
        stage_of(
            CLASSES[3],
            scaling=NoScaling(),
            reject=LargestProbability(threshold=float(place % 2) * 2),
        )
        for place in range(networks)
    ]
    found, wanted = both(half, each)
    expected = networks % 2 == 0
    assert found["is_unknown"].tolist() == [expected] * ROWS
    assert wanted.is_unknown.tolist() == [expected] * ROWS


def test_a_graph_gives_what_a_prediction_by_numpy_gives():
    generator = np.random.default_rng(0)
    outputs = outputs_of(2, generator)
    given = stage_of(
        CLASSES[2],
        scaling=isotonic(2, generator),
        operating_point=point(("ill",), 0.4),
        reject=Energy(threshold=1.0),
        sets=ClassSets(level=0.9, lowest=(0.3, 0.6)),
    )

    @tf.function(
        input_signature=[{n: tf.TensorSpec([None, 2]) for n in (PROBABILITIES, LOGITS)}]
    )
    def graph(outputs):
        answered = {PROBABILITIES: outputs[PROBABILITIES]}
        return graph_stage.staged(answered, [outputs], [given], [1.0])

    found = graph({name: outputs[name] for name in (PROBABILITIES, LOGITS)})
    wanted = staged({PROBABILITIES: outputs[PROBABILITIES]}, [outputs], [given])
    assert {*found} == {*wanted}
    assert [one.decode() for one in found.pop("label").numpy()] == wanted.pop(
        "label"
    ).tolist()
    for name, values in wanted.items():
        assert found[name].dtype == values.dtype
        np.testing.assert_allclose(found[name], values, rtol=1e-6)


def test_what_is_no_number_spoils_no_other_row():
    shares = np.array([[np.nan, np.nan], [0.25, 0.75]], np.float32)
    for scaling in (NoScaling(), TemperatureScaling(temperature=2.0)):
        given = stage_of(
            CLASSES[2], scaling=scaling, operating_point=point(("ill",), 0.5)
        )
        found, _ = both([given], [{"probabilities": shares}])
        assert np.isnan(found["probabilities"][0]).all()
        assert found["label"][1] == b"ill"


def test_stages_that_make_no_one_answer_and_features_of_another_network():
    outputs = outputs_of(3, np.random.default_rng(0))
    one = stage_of(CLASSES[3], scaling=NoScaling())
    other = stage_of(
        CLASSES[3], scaling=NoScaling(), operating_point=point(("b",), 0.5)
    )
    with pytest.raises(DataError, match="different classes, events or reject rules"):
        both([one, other], [outputs] * 2)
    rule = Mahalanobis(
        means=((0.0,) * 5,) * 3,
        directions=((1.0, 0, 0, 0, 0),),
        variances=(1.0,),
        rest=1.0,
    )
    with pytest.raises(DataError, match="fitted to 5 features. Received: 12"):
        both([stage_of(CLASSES[3], scaling=NoScaling(), reject=rule)], [outputs])


@pytest.mark.parametrize("networks", [1, 2, 3, 12])
@pytest.mark.parametrize("number", CLASSES)
def test_sets_are_those_of_numpy_also_at_their_thresholds(networks, number):
    """Thresholds are probabilities of samples, so a graph in float64 would be wrong."""
    generator = np.random.default_rng((networks, number))
    each = [outputs_of(number, generator) for _ in range(networks)]
    stages = [
        stage_of(
            CLASSES[number],
            scaling=TemperatureScaling(temperature=2.0),
            sets=ClassSets(
                level=0.9,
                lowest=tuple(
                    float(column[ROWS // 2 + place])
                    for place, column in enumerate(one["probabilities"].T)
                ),
            ),
        )
        for one in each
    ]
    for weights in ([1.0] * networks, [float(1 + n) for n in range(networks)]):
        found, wanted = both(stages, each, weights)
        assert found["prediction_set"].dtype == bool
        np.testing.assert_array_equal(found["prediction_set"], wanted.sets)
        assert 0 < wanted.sets.sum() < wanted.sets.size
    if networks == 1:
        for place in range(number):
            assert found["prediction_set"][ROWS // 2 + place, place]
