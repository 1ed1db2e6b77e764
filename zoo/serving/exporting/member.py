"""One network of a served model: what it is given, what it says, what that weighs."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import keras
import tensorflow as tf

from zoo.prediction.record_outputs import record_inputs
from zoo.prediction.volume_inputs import volume_inputs
from zoo.runs.run import Run

Inputs = tf.Tensor | dict[str, tf.Tensor]
Tensors = Mapping[str, tf.Tensor]


@dataclass(frozen=True, kw_only=True, eq=False)
class Member:
    """A network of several that answer together, or the only one.

    Args:
        of_records: from serialized records `[B]` to what the network takes.
        of_volumes: likewise from decoded volumes, see `zoo.prediction.volume_inputs`.
        network: from that to its outputs by name, float32 `[B, ...]`.
        weight: in the mean of the answers, positive.
    """

    of_records: Callable[[tf.Tensor], Inputs]
    of_volumes: Callable[[Tensors], Inputs]
    network: keras.Model
    weight: float = 1.0

    def outputs(self, inputs: Inputs) -> dict[str, tf.Tensor]:
        """What the network says, not in training."""
        return dict(self.network(inputs, training=False))


def of_run(run: Run, network: keras.Model, *, weight: float = 1.0) -> Member:
    """The network of a finished run, given what the run says it sees."""
    return Member(
        of_records=record_inputs(run),
        of_volumes=volume_inputs(run),
        network=network,
        weight=weight,
    )
