import numpy as np

from tests.zoo.learning import standin
from zoo.learning.supervision import supervise


def test_every_head_gets_one_hot_targets_and_class_weights():
    batches = supervise(
        standin.evaluation(4),
        heads=("logits", "auxiliary_0"),
        weights=np.array([0.5, 3.0], np.float32),
    )
    volume, targets, weights = next(iter(batches))
    assert volume.shape == (4, *standin.SHAPE)
    for head in ("logits", "auxiliary_0"):
        np.testing.assert_array_equal(targets[head], np.eye(2)[[0, 1, 0, 1]])
        np.testing.assert_array_equal(weights[head], [0.5, 3, 0.5, 3])
