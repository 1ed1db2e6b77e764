"""One step of a network that learns every kind of target at once."""

import numpy as np
import pytest
import tensorflow as tf

from pipelines.tasks.target import Target
from tests.zoo.classifier.test_classifier import architecture
from zoo.classifier import classifier
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Recipe
from zoo.targets.standardisation import ColumnStatistics
from zoo.targets.target_output import TargetOutput
from zoo.training.data.target_encoding import encoded, supervise
from zoo.training.loop.compile import compile_model
from zoo.training.losses.class_weights import of_heads, weighed
from zoo.training.losses.losses import loss_of

NAN = float("nan")
SHAPE = (8, 8, 9, 1)
SHARES = (1.0, 0.5, 2.0, 0.25)
TARGETS = np.array(
    [
        [0, 2, 1, NAN, 4.0],
        [1, NAN, 0, 1, NAN],
        [1, 1, NAN, 0, 8.0],
        [0, 0, 1, 1, 6.0],
    ],
    np.float32,
)
OUTPUTS = (
    TargetOutput(target=Target(classes=("no", "yes"))),
    TargetOutput(
        target=Target(
            kind="ordinal", columns=("x",), classes=("a", "b", "c"), name="stage"
        ),
        offset=1,
    ),
    TargetOutput(
        target=Target(
            kind="multilabel", columns=("u", "v"), classes=("u", "v"), name="signs"
        ),
        offset=2,
    ),
    TargetOutput(
        target=Target(kind="regression", columns=("fat",), name="fat"),
        offset=4,
        column_statistics=(ColumnStatistics(name="fat", mean=6.0, deviation=2.0),),
    ),
)
LEARNED = tuple(
    weighed(
        target_output,
        target_output.values_of(TARGETS),
        "none",
        share,
    )
    for target_output, share in zip(OUTPUTS, SHARES)
)


@pytest.fixture(scope="module")
def compiled():
    training = classifier.build(
        Recipe(), architecture(3), shape=SHAPE, target_outputs=OUTPUTS, seed=0
    ).training
    compile_model(training, LEARNED, Optimisation(), {})
    return training


def batch():
    volume = np.random.default_rng(0).normal(size=(4, *SHAPE)).astype(np.float32)
    stream = tf.data.Dataset.from_tensors({"volume": volume, "target": TARGETS})
    return next(iter(supervise(stream, heads=of_heads(HEADS, LEARNED))))


HEADS = ("logits", "logits_stage", "logits_signs", "logits_fat")


def test_the_loss_is_the_sum_of_the_aims_by_their_shares(compiled):
    volume, targets, weights = batch()
    said = compiled(volume, training=False)
    losses = []
    for head, one in of_heads(HEADS, LEARNED).items():
        target, weight = encoded(tf.constant(TARGETS), one)
        each = loss_of(one.target_output, Optimisation()).call(target, said[head])
        losses.append(one.share * float(np.mean(each * weight)))
    found = compiled.compute_loss(None, targets, said, weights, training=False)
    assert float(found) == pytest.approx(sum(losses), rel=1e-5)
    assert min(losses) > 0


def test_a_step_teaches_every_head_and_reports_the_main_one(compiled):
    before = [np.array(w) for w in compiled.get_layer("head").get_weights()]
    found = compiled.train_on_batch(*batch(), return_dict=True)
    after = compiled.get_layer("head").get_weights()
    assert not any(map(np.array_equal, before, after))
    assert {f"{head}_loss" for head in HEADS} <= {*found}
    assert {name for name in found if "accuracy" in name} == {"logits_accuracy"}


def test_what_is_not_known_teaches_nothing(compiled):
    volume, targets, weights = batch()
    with tf.GradientTape() as tape:
        said = compiled(volume, training=False)
        tape.watch(said)
        loss = compiled.compute_loss(None, targets, said, weights, training=False)
    slopes = tape.gradient(loss, said)
    assert not slopes["logits_stage"][1].numpy().any()
    assert slopes["logits_stage"][0].numpy().all()
    assert not slopes["logits_fat"][1].numpy().any()
    signs = slopes["logits_signs"].numpy()
    np.testing.assert_array_equal(signs == 0, np.isnan(TARGETS[:, 2:4]))
