import dataclasses

import keras
import numpy as np
import pytest
from keras import ops

from pipelines.tasks.target import Target
from zoo.classifier import heads
from zoo.targets.target_output import TargetOutput, outputs_of_classes


def build_head(units=(), **changes):
    arguments = {"dropout": 0.5, "target_outputs": outputs_of_classes(3), "seed": 0}
    return heads.head(7, units=units, **(arguments | changes))


@pytest.mark.parametrize(
    ("kind", "oracle"),
    [
        ("average", lambda x: x.mean((1, 2))),
        ("max", lambda x: x.max((1, 2))),
        ("flatten", lambda x: x.reshape(2, -1)),
    ],
)
def test_pooling_over_space(kind, oracle):
    feature_map = np.random.default_rng(0).normal(size=(2, 4, 5, 7)).astype("float32")
    found = ops.convert_to_numpy(heads.spatial_pooling(kind, 2)(feature_map))
    np.testing.assert_allclose(found, oracle(feature_map), rtol=1e-4, atol=1e-6)


def test_pooling_at_rank_3():
    layer = heads.spatial_pooling("average", 3)
    assert layer(np.ones((2, 3, 4, 5, 6), "float32")).shape == (2, 6)


def test_head_without_dense_layers_is_linear():
    features = np.random.default_rng(0).normal(size=(2, 7)).astype("float32")
    head = build_head()
    kernel, bias = head.get_layer(heads.LOGITS).get_weights()
    found = head.predict_on_batch(features)
    np.testing.assert_allclose(found, features @ kernel + bias, rtol=1e-4, atol=1e-6)


def test_dropout_before_every_dense_layer():
    names = [layer.name for layer in build_head(units=(8, 4)).layers[1:]]
    assert names == [
        "head_dropout0",
        "head_dense0",
        "head_dropout1",
        "head_dense1",
        "head_dropout2",
        heads.LOGITS,
    ]


def test_dropout_acts_in_training_alone():
    head, x = build_head(), np.ones((2, 7), "float32")
    training = [ops.convert_to_numpy(head(x, training=True)) for _ in range(2)]
    inference = [ops.convert_to_numpy(head(x, training=False)) for _ in range(2)]
    assert not np.array_equal(*training)
    assert np.array_equal(*inference)


@pytest.mark.parametrize(
    ("size", "pooled"), [((14, 14), 4), ((6, 6), 1), ((2, 3), 1), ((6, 6, 9), 2)]
)
def test_auxiliary_pooling_shrinks_with_the_map(size, pooled):
    head = heads.auxiliary_head(
        keras.Input((*size, 12)),
        target_output=outputs_of_classes(2)[0],
        seed=0,
        name="auxiliary_head_0",
    )
    assert head.get_layer("auxiliary_head_0_pooling").output.shape[-2] == pooled
    assert head.get_layer("auxiliary_head_0_dense").units == 1024
    assert head.get_layer("auxiliary_head_0_dropout").rate == 0.7
    assert head.output.shape == (None, 2)


def draw(*shape):
    return np.random.default_rng(len(shape)).normal(size=shape).astype("float32")


def test_covariates_join_before_the_last_dense_layer():
    head = build_head(units=(4,), covariates=2)
    features, clinical = draw(5, 7), draw(5, 2)
    before = head.predict_on_batch([features, clinical])
    assert np.array_equal(before, head.predict_on_batch([features, 0 * clinical]))
    kernel = draw(2, 3)
    head.get_layer(heads.COVARIATE_LOGITS).set_weights([kernel])
    found = head.predict_on_batch([features, clinical])
    np.testing.assert_allclose(found, before + clinical @ kernel, rtol=1e-4, atol=1e-6)


def test_covariates_are_not_dropped_out():
    head = build_head(covariates=2, dropout=0.5)
    head.get_layer(heads.LOGITS).set_weights([np.zeros((7, 3)), np.zeros(3)])
    head.get_layer(heads.COVARIATE_LOGITS).set_weights([draw(2, 3)])
    clinical = np.ones((200, 2), "float32")
    found = ops.convert_to_numpy(head([draw(200, 7), clinical], training=True))
    assert np.ptp(found, axis=0).max() == 0


GRADES = TargetOutput(
    target=Target(kind="ordinal", columns=("x",), classes=tuple("abcde"))
)
ALONE = TargetOutput(target=Target(kind="ordinal", columns=("x",), classes=tuple("ab")))
NUMBERS = TargetOutput(target=Target(kind="regression", columns=("u", "v"), name="fat"))


def test_steps_begin_evenly_about_zero():
    head = build_head(target_outputs=(GRADES,))
    found = head.predict_on_batch(np.zeros((1, 7), "float32"))
    np.testing.assert_allclose(found, [[1.5, 0.5, -0.5, -1.5]], atol=1e-6)
    alone = build_head(target_outputs=(ALONE,)).predict_on_batch(
        np.zeros((1, 7), "float32")
    )
    np.testing.assert_allclose(alone, [[0]])


def test_steps_share_all_weights_and_fall_whatever_the_weights_are():
    head = build_head(target_outputs=(GRADES,), covariates=2)
    generator = np.random.default_rng(0)
    for _ in range(5):
        weights = head.get_weights()
        head.set_weights([generator.normal(0, 3, size=w.shape) for w in weights])
        found = head.predict_on_batch([draw(9, 7), draw(9, 2)])
        steps = np.diff(found, axis=1)
        assert (steps < 0).all()
        np.testing.assert_allclose(steps, steps[:1].repeat(9, 0), atol=1e-4)


def test_every_target_has_a_last_layer_of_its_own():
    stage = TargetOutput(target=dataclasses.replace(GRADES.target, name="stage"))
    head = build_head(
        units=(4,),
        target_outputs=(*outputs_of_classes(3), NUMBERS, stage),
        covariates=2,
    )
    assert head.output.shape == (None, 3 + 2 + 4)
    assert head.get_layer("head_logits_fat").units == 2
    found = head.predict_on_batch([draw(5, 7), draw(5, 2)])
    layer = head.get_layer("head_logits_fat")
    layer.set_weights([np.zeros((4, 2)), np.array([5.0, 6.0])])
    again = head.predict_on_batch([draw(5, 7), draw(5, 2)])
    assert np.array_equal(again[:, 3:5], [[5, 6]] * 5)
    others = [place for place in range(9) if place not in (3, 4)]
    assert np.array_equal(again[:, others], found[:, others])
