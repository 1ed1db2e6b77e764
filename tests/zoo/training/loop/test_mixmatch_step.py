"""A step of MixMatch against the same written in NumPy for a linear network."""

import dataclasses

import keras
import numpy as np
import pytest
import tensorflow as tf

from zoo.classifier import precision
from zoo.recipes.mixmatch import MixMatch
from zoo.recipes.optimisation import Optimisation
from zoo.runs.history import Epoch
from zoo.targets.target_output import outputs_of_classes
from zoo.training.loop import checkpoint, mixmatch_step
from zoo.training.loop.compile import compile_model
from zoo.training.loop.mixmatch_step import MixMatchModel
from zoo.training.losses.class_weights import WeightedOutput

CLASSES = 3
SHAPE = (2, 2, 1, 1)
LABELLED, COPIES = 4, 2
SETTINGS = MixMatch(weight=5.0, copies=COPIES, temperature=0.5, ramp_epochs=2.0)
STEPS = 5  # per epoch: the ramp is 10 long
WEIGHTS = np.array([0.5, 1.0, 2.5], np.float32)
TOLD = Optimisation(optimizer="sgd", learning_rate=0.1)


def batch(seed=0, covariates=0):
    """A batch of `semi_supervised.beside`, supervised; the draws are NumPy's."""
    draw = np.random.default_rng(seed)
    number = LABELLED * (1 + COPIES)
    share = draw.beta(0.75, 0.75, number)
    inputs = {
        "volume": draw.normal(size=(LABELLED, *SHAPE)),
        "unlabelled_volume": draw.normal(size=(LABELLED, COPIES, *SHAPE)),
        "partner": draw.permutation(number).astype(np.int32),
        "own_share": np.maximum(share, 1 - share),
    }
    if covariates:
        inputs["covariates"] = draw.normal(size=(LABELLED, covariates))
        inputs["unlabelled_covariates"] = draw.normal(size=(LABELLED, covariates))
    inputs = {
        name: value if name == "partner" else value.astype(np.float32)
        for name, value in inputs.items()
    }
    labels = np.eye(CLASSES, dtype=np.float32)[draw.integers(0, CLASSES, LABELLED)]
    return inputs, labels


def network(covariates=0, auxiliary=False, normalised=False):
    """Logistic regression on voxels (and covariates), with what more is asked for."""
    shared = keras.initializers.RandomNormal(stddev=1.0, seed=3)
    volume = keras.Input(SHAPE, name="volume")
    x, inputs = keras.layers.Flatten()(volume), volume
    if normalised:
        x = keras.layers.BatchNormalization(momentum=0.5, name="normal")(x)
    if covariates:
        inputs = {
            "volume": volume,
            "covariates": keras.Input((covariates,), name="covariates"),
        }
        x = keras.layers.Concatenate()([x, inputs["covariates"]])
    options = {"kernel_initializer": shared, "dtype": "float32"}
    outputs = {"logits": keras.layers.Dense(CLASSES, name="logits", **options)(x)}
    if auxiliary:
        outputs["auxiliary_0"] = keras.layers.Dense(CLASSES, name="aux", **options)(x)
    return keras.Model(inputs, outputs, name="training")


def compiled(training, *, taken=0, told=TOLD, settings=SETTINGS, weights=WEIGHTS):
    trainer_state = MixMatchModel(
        training, settings, class_weights=weights, steps=STEPS
    )
    weighted_outputs = WeightedOutput(
        target_output=outputs_of_classes(CLASSES)[0], weights=weights
    )
    compile_model(trainer_state, (weighted_outputs,), told, {})
    trainer_state._taken.assign(taken)
    return trainer_state


def step(trainer_state, inputs, labels):
    """One step by Keras' own training function; gives its logs."""
    targets = dict.fromkeys(trainer_state.output, labels)
    weights = {head: np.full(LABELLED, np.nan, np.float32) for head in targets}
    data = tf.data.Dataset.from_tensors((inputs, targets, weights))
    return trainer_state.fit(data, epochs=1, verbose=0, shuffle=False).history


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def mixed_by_hand(inputs, labels, kernel, bias):
    """What the network sees of the union, `[N, F]`, and its targets, in float64."""
    theirs = inputs["unlabelled_volume"].astype(np.float64).reshape(-1, 4)
    own = inputs["volume"].astype(np.float64).reshape(LABELLED, -1)
    if "covariates" in inputs:
        beside = np.repeat(inputs["unlabelled_covariates"], COPIES, axis=0)
        theirs = np.concatenate([theirs, beside], axis=1)
        own = np.concatenate([own, inputs["covariates"]], axis=1)
    answers = softmax(theirs @ kernel + bias)
    guess = np.stack([(one + other) / 2 for one, other in zip(*two_by_two(answers))])
    guess = guess ** (1 / SETTINGS.temperature)
    guess /= guess.sum(axis=1, keepdims=True)
    x = np.concatenate([own, theirs])
    y = np.concatenate([labels, np.repeat(guess, COPIES, axis=0)])
    share, partner = inputs["own_share"][:, None], inputs["partner"]
    return share * x + (1 - share) * x[partner], share * y + (1 - share) * y[partner]


def two_by_two(rows):
    """The first copies and the second ones."""
    return rows[0::2], rows[1::2]


def entropy_slope(p, y):
    """Of the weighted mean cross-entropy to the logits."""
    weighted = y * WEIGHTS
    return (weighted.sum(axis=1, keepdims=True) * p - weighted) / len(y)


def by_hand(inputs, labels, kernel, bias, *, weight):
    """Losses, and their gradients to kernel and bias; guesses are constants."""
    x, y = mixed_by_hand(inputs, labels, kernel, bias)
    p = softmax(x @ kernel + bias)
    entropy = -(y * WEIGHTS * np.log(p))[:LABELLED].sum() / LABELLED
    error, q = (p - y)[LABELLED:], p[LABELLED:]
    slope = 2 * error / error.size
    to_logits = np.zeros_like(p)
    to_logits[:LABELLED] = entropy_slope(p[:LABELLED], y[:LABELLED])
    to_logits[LABELLED:] = weight * q * (slope - (slope * q).sum(1, keepdims=True))
    return entropy, (error**2).mean(), x.T @ to_logits, to_logits.sum(0)


@pytest.mark.parametrize(("taken", "ramp"), [(0, 0.0), (4, 0.4), (25, 1.0)])
def test_losses_and_step_are_those_of_the_paper(taken, ramp):
    inputs, labels = batch()
    trainer_state = compiled(network(), taken=taken)
    kernel, bias = (one.value.numpy() for one in trainer_state.trainable_variables)
    logs = step(trainer_state, inputs, labels)
    entropy, squared, to_kernel, to_bias = by_hand(
        inputs, labels, kernel, bias, weight=ramp * SETTINGS.weight
    )
    assert logs["labelled_loss"][0] == pytest.approx(entropy, rel=1e-5)
    assert logs["unlabelled_loss"][0] == pytest.approx(squared, rel=1e-5)
    whole = entropy + ramp * SETTINGS.weight * squared
    assert logs["loss"][0] == pytest.approx(whole, rel=1e-5)
    moved = [one.value.numpy() for one in trainer_state.trainable_variables]
    np.testing.assert_allclose(moved[0], kernel - 0.1 * to_kernel, rtol=0, atol=1e-6)
    np.testing.assert_allclose(moved[1], bias - 0.1 * to_bias, rtol=0, atol=1e-6)
    assert trainer_state._taken.value.numpy() == taken + 1


def test_covariates_are_mixed_as_the_volumes_are():
    inputs, labels = batch(covariates=2)
    trainer_state = compiled(network(covariates=2), taken=10)
    kernel, bias = (one.value.numpy() for one in trainer_state.trainable_variables)
    logs = step(trainer_state, inputs, labels)
    entropy, squared, to_kernel, _ = by_hand(
        inputs, labels, kernel, bias, weight=SETTINGS.weight
    )
    assert logs["loss"][0] == pytest.approx(entropy + 5 * squared, rel=1e-5)
    moved = trainer_state.trainable_variables[0].value.numpy()
    np.testing.assert_allclose(moved, kernel - 0.1 * to_kernel, rtol=0, atol=1e-6)


def test_auxiliary_heads_learn_from_the_labelled_ones_alone():
    inputs, labels = batch()
    trainer_state = compiled(network(auxiliary=True), taken=10)
    before = {one.path: one.value.numpy() for one in trainer_state.trainable_variables}
    logs = step(trainer_state, inputs, labels)
    main = by_hand(
        inputs, labels, before["logits/kernel"], before["logits/bias"], weight=5.0
    )
    after = {one.path: one.value.numpy() for one in trainer_state.trainable_variables}
    assert logs["logits_loss"][0] == pytest.approx(main[0], rel=1e-5)
    np.testing.assert_allclose(
        after["logits/kernel"], before["logits/kernel"] - 0.1 * main[2], atol=1e-6
    )
    x, y = mixed_by_hand(inputs, labels, before["logits/kernel"], before["logits/bias"])
    p = softmax(x @ before["aux/kernel"] + before["aux/bias"])[:LABELLED]
    to_aux = x[:LABELLED].T @ entropy_slope(p, y[:LABELLED])
    np.testing.assert_allclose(
        after["aux/kernel"],
        before["aux/kernel"] - 0.1 * TOLD.auxiliary_weight * to_aux,
        atol=1e-6,
    )


def test_moving_statistics_follow_the_union_once_and_guesses_not_at_all():
    inputs, labels = batch()
    trainer_state = compiled(network(normalised=True))
    step(trainer_state, inputs, labels)
    share, partner = inputs["own_share"][:, None], inputs["partner"]
    theirs = inputs["unlabelled_volume"].reshape(-1, 4)
    union = np.concatenate([inputs["volume"].reshape(LABELLED, -1), theirs])
    union = share * union + (1 - share) * union[partner]
    layer = trainer_state.get_layer("normal")
    found = layer.moving_mean.value.numpy()
    np.testing.assert_allclose(found, 0.5 * union.mean(0), rtol=1e-5, atol=1e-6)


def test_sharpening_is_that_of_the_paper_also_for_tiny_temperatures():
    p = np.random.default_rng(1).dirichlet(np.ones(5), 40).astype(np.float32)
    for temperature in (1.0, 0.5, 0.2):
        powers = p.astype(np.float64) ** (1 / temperature)
        wanted = powers / powers.sum(axis=1, keepdims=True)
        found = np.asarray(mixmatch_step.sharpened(p, temperature))
        np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=1e-9)
    hard = np.asarray(mixmatch_step.sharpened(p, 1e-4))
    assert np.isfinite(hard).all()
    np.testing.assert_array_equal(hard.argmax(1), p.argmax(1))


def test_the_ramp_is_a_straight_line_up_to_one():
    found = [float(mixmatch_step.ramped(n, 4.0)) for n in (0, 1, 3, 4, 9)]
    assert found == [0, 0.25, 0.75, 1, 1]
    assert float(mixmatch_step.ramped(0, 0.0)) == 1


def test_a_checkpoint_knows_how_far_the_ramp_has_got(tmp_path):
    rows = [
        Epoch(
            epoch=1,
            seconds=1.0,
            data_wait_share=0.0,
            learning_rate=0.1,
            loss=1.0,
            unlabelled_loss=0.25,
            val_loss=1.0,
        )
    ]
    checkpoint.save_epoch(tmp_path, compiled(network(), taken=7), rows)
    fresh, whole = compiled(network()), checkpoint.latest(tmp_path)
    checkpoint.restore(whole, fresh)
    assert fresh._taken.value.numpy() == 7
    assert checkpoint.read_rows(whole, monitor="val_loss", stages=1) == rows


def test_a_model_made_of_its_layers_is_saved_without_it(tmp_path):
    training = network()
    compiled(training)
    training.save(tmp_path / "plain.keras")
    loaded = keras.models.load_model(tmp_path / "plain.keras")
    assert not isinstance(loaded, MixMatchModel)


@pytest.mark.parametrize(
    "changes",
    [
        {"optimizer": "adamw", "weight_decay": 0.01, "clip_norm": 1.0},
        {"accumulate": 2},
        {"precision": "mixed_float16"},
        {"precision": "mixed_bfloat16"},
        {"label_smoothing": 0.1, "focal_gamma": 2.0},
    ],
)
def test_it_goes_with_every_way_of_optimisation(changes):
    told = dataclasses.replace(TOLD, **changes)
    inputs, labels = batch()
    with precision.computing_in(told.precision):
        trainer_state = compiled(network(normalised=True), told=told)
    before = [one.value.numpy() for one in trainer_state.trainable_variables]
    losses = [step(trainer_state, inputs, labels)["loss"][0] for _ in range(2)]
    assert np.isfinite(losses).all()
    after = [one.value.numpy() for one in trainer_state.trainable_variables]
    assert all((a != b).any() for a, b in zip(before, after))
