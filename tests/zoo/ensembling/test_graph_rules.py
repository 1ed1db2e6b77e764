import numpy as np
import pytest
import tensorflow as tf

from pipelines.tasks.target import Target
from zoo.ensembling import graph_rules, rules
from zoo.ensembling.ensemble import Ensemble

CLASSES = {2: ("a", "b"), 3: ("a", "b", "c")}


def ensemble(rule, target, fitted):
    return Ensemble(
        path=None,
        rule=rule,
        joined_by="sample",
        tasks=("t",),
        unit="study",
        targets=(target,),
        members=(None,) * 3,
        folds=("0", "1"),
        fitted={"": fitted},
    )


def learned(rule, generator, classes):
    if rule == "weighted":
        return {"weights": generator.dirichlet(np.ones(3)).tolist()}
    if rule == "stacking":
        rows, width = (1, 3) if classes == 2 else (3, 9)
        return {
            "coefficients": generator.normal(size=(rows, width)).tolist(),
            "intercepts": generator.normal(size=rows).tolist(),
        }
    return {}


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("rule", rules.RULES)
def test_the_graph_says_what_the_rules_in_numpy_say(rule, classes):
    generator = np.random.default_rng(4)
    values = generator.dirichlet(np.full(classes, 0.4), (6, 50)).astype(np.float32)
    values[:, 0] = np.eye(classes)[[0, 1, 1, 1, 0, 0]]  # certain, and at odds
    fitted = {fold: learned(rule, generator, classes) for fold in ("0", "1")}
    whole = ensemble(rule, Target(classes=CLASSES[classes]), fitted)
    (output,) = whole.target_outputs
    by_fold = {fold: values[place::2] for place, fold in enumerate(whole.folds)}
    expected = whole.combine(output, by_fold)
    each = [{"probabilities": tf.constant(said)} for said in values]
    found = tf.function(graph_rules.combiner(whole))(each)["probabilities"].numpy()
    np.testing.assert_allclose(found, expected, atol=2e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


def test_a_median_of_numbers_is_not_scaled():
    target = Target(kind="regression", columns=("kpa",))
    whole = ensemble("median", target, {})
    values = np.array([3.0, 0, 9, 0, 4, 6], np.float32).reshape(6, 1, 1)
    each = [{"predictions": tf.constant(said)} for said in values]
    found = graph_rules.combiner(whole)(each)["predictions"].numpy()
    assert found.item() == 2  # the mean over folds of 4 and 0
