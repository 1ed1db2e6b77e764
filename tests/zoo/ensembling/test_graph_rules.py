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


@pytest.mark.parametrize("classes", CLASSES)
@pytest.mark.parametrize("rule", rules.RULES)
def test_who_abstains_has_no_part_as_in_numpy(rule, classes):
    generator = np.random.default_rng(5)
    values = generator.dirichlet(np.full(classes, 0.4), (6, 56)).astype(np.float32)
    values[:, 0] = np.eye(classes)[[0, 0, 1, 1, 0, 0]]  # certain, and at odds
    some = [[i >> m & 1 == 1 for i in range(1, 8)] for m in range(3)]  # all but nobody
    votes = np.tile(np.array(some), 8)
    votes[:, 0] = [True, True, False]
    fitted = {fold: learned(rule, generator, classes) for fold in ("0", "1")}
    whole = ensemble(rule, Target(classes=CLASSES[classes]), fitted)
    (output,) = whole.target_outputs
    seen = np.where(np.repeat(votes, 2, axis=0)[:, :, None], values, np.nan)
    by_fold = {fold: seen[place::2] for place, fold in enumerate(whole.folds)}
    expected = whole.combine(output, by_fold)
    for absent in (values, seen):  # whatever the networks say of nothing
        each = [{"probabilities": tf.constant(said, tf.float32)} for said in absent]
        combined = tf.function(graph_rules.combiner(whole))
        found = combined(each, tf.constant(votes))["probabilities"].numpy()
        np.testing.assert_allclose(found, expected, atol=2e-6)
        np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


@pytest.mark.parametrize("rule", rules.RULES)
def test_where_nobody_abstains_both_forms_agree(rule):
    generator = np.random.default_rng(6)
    values = generator.dirichlet(np.full(3, 0.4), (6, 20)).astype(np.float32)
    fitted = {fold: learned(rule, generator, 3) for fold in ("0", "1")}
    whole = ensemble(rule, Target(classes=CLASSES[3]), fitted)
    each = [{"probabilities": tf.constant(said)} for said in values]
    combined = graph_rules.combiner(whole)
    found = combined(each, tf.ones([3, 20], tf.bool))["probabilities"].numpy()
    expected = combined(each)["probabilities"].numpy()
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("rule", rules.COMBINE["regression"])
def test_numbers_of_who_votes_as_in_numpy(rule):
    generator = np.random.default_rng(7)
    values = generator.normal(-3, 4, (6, 7, 2)).astype(np.float32)
    votes = np.array([[i >> m & 1 == 1 for i in range(1, 8)] for m in range(3)])
    fitted = {fold: learned(rule, generator, 2) for fold in ("0", "1")}
    target = Target(kind="regression", columns=("kpa", "fat"))
    whole = ensemble(rule, target, fitted)
    (output,) = whole.target_outputs
    seen = np.where(np.repeat(votes, 2, axis=0)[:, :, None], values, np.nan)
    expected = whole.combine(
        output, {fold: seen[place::2] for place, fold in enumerate(whole.folds)}
    )
    each = [{"predictions": tf.constant(said)} for said in values]
    found = graph_rules.combiner(whole)(each, tf.constant(votes))["predictions"]
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_a_median_of_numbers_is_not_scaled():
    target = Target(kind="regression", columns=("kpa",))
    whole = ensemble("median", target, {})
    values = np.array([3.0, 0, 9, 0, 4, 6], np.float32).reshape(6, 1, 1)
    each = [{"predictions": tf.constant(said)} for said in values]
    found = graph_rules.combiner(whole)(each)["predictions"].numpy()
    assert found.item() == 2  # the mean over folds of 4 and 0
