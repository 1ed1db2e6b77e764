import numpy as np
import pytest
import tensorflow as tf

from pipelines.tasks.target import Target
from tests.zoo.training import standin
from zoo.targets.standardisation import ColumnStatistics
from zoo.targets.target_output import TargetOutput
from zoo.training.data.target_encoding import inputs_of, supervise
from zoo.training.losses import class_losses
from zoo.training.losses.class_weights import WeightedOutput
from zoo.training.losses.target_losses import LabelsLoss, StepsLoss

NAN = float("nan")


def batch(target, **more):
    element = {"volume": np.zeros((len(target), 2, 2, 2, 1)), "target": target} | more
    arrays = {name: np.asarray(one, np.float32) for name, one in element.items()}
    return tf.data.Dataset.from_tensors(arrays)


def taught(weighted_outputs, target, **more):
    """The target and the weight of the one head."""
    batches = supervise(batch(target, **more), heads={"logits": weighted_outputs})
    _, targets, weights = next(iter(batches))
    return targets["logits"].numpy(), weights["logits"].numpy()


def weighted_outputs(
    kind="classification", weights=(1.0,), *, offset=0, names="xyz", **more
):
    columns = tuple(names) if kind in ("multilabel", "regression") else ("label",)
    classes = () if kind == "regression" else tuple(names)
    target = Target(kind=kind, columns=columns, classes=classes)
    target_output = TargetOutput(target=target, offset=offset, **more)
    return WeightedOutput(
        target_output=target_output, weights=np.array(weights, np.float32)
    )


def statistics(mean, deviation):
    return ColumnStatistics(name="x", mean=mean, deviation=deviation)


def test_every_head_gets_one_hot_targets_and_class_weights():
    one = weighted_outputs(weights=(0.5, 3.0), names="xy")
    batches = supervise(
        standin.evaluation(4), heads={"logits": one, "auxiliary_0": one}
    )
    volume, targets, weights = next(iter(batches))
    assert volume.shape == (4, *standin.SHAPE)
    for head in ("logits", "auxiliary_0"):
        np.testing.assert_array_equal(targets[head], np.eye(2)[[0, 1, 0, 1]])
        np.testing.assert_array_equal(weights[head], [0.5, 3, 0.5, 3])


def test_every_target_learns_from_its_own_numbers():
    target = [[7, 1, 5], [8, NAN, 6]]
    found, weights = taught(weighted_outputs(weights=(1, 3, 2), offset=1), target)
    assert found[0].tolist() == [0, 1, 0]
    assert weights.tolist() == [3, 0]


def test_grades_are_steps():
    found, weights = taught(
        weighted_outputs("ordinal", (1, 2, 3)), [[0], [1], [2], [NAN]]
    )
    assert found[:3].tolist() == [[0, 0], [1, 0], [1, 1]]
    assert weights.tolist() == [1, 2, 3, 0]


def test_labels_weigh_by_themselves():
    one = weighted_outputs("multilabel", [[1, 2], [3, 4]], names="xy")
    found, weights = taught(one, [[0, 1], [1, NAN]])
    assert found.tolist() == [[0, 1], [1, 0]]
    assert weights.tolist() == [[1, 4], [2, 0]]


def test_numbers_are_standardised():
    columns = (statistics(10.0, 2.0), statistics(0.0, 0.5))
    one = weighted_outputs("regression", (1, 4), names="xy", column_statistics=columns)
    found, weights = taught(one, [[14, NAN], [NAN, -1]])
    assert found.tolist() == [[2, 0], [0, -2]]
    assert weights.tolist() == [[1, 0], [0, 4]]


SHARE = np.array([0.3, 0.0, 0.6, 1.0], np.float32)


@pytest.mark.parametrize(
    ("one", "loss", "own", "theirs"),
    [
        (
            weighted_outputs(weights=(0.5, 3.0, 1.0)),
            class_losses.class_loss(),
            [[0], [1], [2], [1]],
            [[1], [2], [NAN], [1]],
        ),
        (
            weighted_outputs(weights=(0.5, 3.0, 1.0)),
            class_losses.Focal(2.0, 0.1),
            [[0], [1], [2], [1]],
            [[1], [NAN], [2], [1]],
        ),
        (
            weighted_outputs("ordinal", (0.5, 3.0, 1.0)),
            StepsLoss(),
            [[0], [NAN], [2], [1]],
            [[1], [2], [2], [0]],
        ),
        (
            weighted_outputs("multilabel", [[1.0, 2.0], [0.5, 3.0]], names="xy"),
            LabelsLoss(2.0),
            [[0, 1], [1, NAN], [NAN, NAN], [1, 1]],
            [[1, 1], [0, 1], [NAN, 0], [0, NAN]],
        ),
    ],
)
def test_a_mixed_sample_has_the_loss_of_both_by_share(one, loss, own, theirs):
    logits = (
        np.random.default_rng(0)
        .normal(size=(4, one.target_output.size))
        .astype(np.float32)
    )

    def weighed(target, weight):
        return weight * loss.call(tf.constant(target), tf.constant(logits)).numpy()

    mixed = weighed(*taught(one, own, partner_target=theirs, share=SHARE))
    alone = [weighed(*taught(one, each)) for each in (own, theirs)]
    share = SHARE.reshape(4, *[1] * (mixed.ndim - 1))
    expected = share * alone[0] + (1 - share) * alone[1]
    assert np.count_nonzero(expected.reshape(4, -1).any(axis=1)) >= 3
    np.testing.assert_allclose(mixed, expected, rtol=1e-5, atol=1e-6)


def test_a_mixed_number_is_the_mean_of_those_that_are_known():
    one = weighted_outputs(
        "regression", (1,), names="x", column_statistics=(statistics(10.0, 2.0),)
    )
    share = np.array([0.25, 0.25, 0.25, 0.25], np.float32)
    found, weights = taught(
        one,
        [[8], [8], [NAN], [NAN]],
        partner_target=[[16], [NAN], [16], [NAN]],
        share=share,
    )
    np.testing.assert_allclose(found[:3, 0], [0.25 * -1 + 0.75 * 3, -1, 3])
    np.testing.assert_allclose(weights[:, 0], [1, 0.25, 0.75, 0])


def test_covariates_are_an_input_where_there_are_some():
    element = {"volume": tf.zeros([2, 3]), "covariates": tf.ones([2, 4]), "more": 1}
    found = inputs_of(element)
    assert {name: one.shape for name, one in found.items()} == {
        "volume": (2, 3),
        "covariates": (2, 4),
    }
    assert inputs_of(element | {"covariates": tf.zeros([2, 0])}).shape == (2, 3)
