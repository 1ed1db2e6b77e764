"""What rounding is passed by the gate for a network that magnifies it, and what not."""

import numpy as np
import pytest
import tensorflow as tf

from tests.zoo.prediction import networks
from zoo.serving.exporting import export_runs, last_bits
from zoo.serving.gate import comparison
from zoo.serving.gate.loading import Answer, Request

WEIGHT = 1.5
LAST_BIT = 2.0**-23  # of a float32 between 1 and 2


class Powers(tf.Module):
    """Records are numbers x, their features `[(weight * x) ** power, 0]`."""

    def __init__(self, power=1):
        super().__init__()
        self.weight, self.steps = tf.Variable(WEIGHT), tf.Variable(3)
        self.power, self.kept = power, [self.weight, self.steps]

    def features(self, given):
        numbers = self.weight * tf.strings.to_number(given["examples"])
        powers = tf.ones_like(numbers)
        for _ in range(self.power):  # each by an operation that rounds
            powers *= numbers
        return {"features": tf.stack([powers, tf.zeros_like(powers)], axis=1)}


def test_it_is_a_share_of_the_largest_value_or_of_one():
    found = last_bits.share(Powers(), [b"4", b"0.5", b"-4"])
    expected = [4 * LAST_BIT / 6, 0.5 * LAST_BIT, 4 * LAST_BIT / 6]
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_the_network_is_as_it_was():
    model = Powers()
    last_bits.share(model, [b"4"])
    assert (model.weight.numpy(), model.steps.numpy()) == (np.float32(WEIGHT), 3)
    with pytest.raises(tf.errors.InvalidArgumentError):
        last_bits.share(model, [b"no number"])
    assert model.weight.numpy() == np.float32(WEIGHT)


def refused(model, served, record=b"0.6666"):
    """Whether the gate refuses that one is served instead of the other."""
    expected, answered = (
        one.features({"examples": tf.constant([record])})["features"].numpy()
        for one in (model, served)
    )
    faults, _ = comparison.differences(
        [Request(signature="features", inputs={"examples": np.array([record])})],
        [Answer(outputs={"features": answered})],
        [{"features": expected}],
        1e-5,
        [lambda: last_bits.share(served, [record])],
    )
    return bool(faults)


@pytest.mark.parametrize(
    ("power", "bits_off", "is_refused"),
    [(1, 0, False), (1, 1, False), (400, 1, False), (400, 10, True), (1, 200, True)],
)
def test_a_weight_off_by_more_than_rounding_is_refused(power, bits_off, is_refused):
    """Of 400 factors the last bit is 3e-5 of the product; ten are no rounding."""
    served = Powers(power)
    served.weight.assign(WEIGHT + bits_off * LAST_BIT)
    assert refused(Powers(power), served) is is_refused


def test_a_real_network_is_known_better_than_the_gate_asks(tmp_path):
    run = networks.run(tmp_path / "run")
    served = export_runs.served_model([run])
    records = [networks.record(networks.voxels(seed)) for seed in range(3)]
    before = [values.numpy() for values in served.kept]
    found = last_bits.share(served, records)
    assert found.shape == (3,)
    assert (found > 0).all() and (found < 1e-5).all()
    for values, expected in zip(served.kept, before, strict=True):
        np.testing.assert_array_equal(values.numpy(), expected)
