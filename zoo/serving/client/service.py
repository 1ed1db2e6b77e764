"""What both protocols of an endpoint offer."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from zoo.serving.client.model_choice import ModelChoice

Tensors = Mapping[str, np.ndarray]


class Service(Protocol):
    """The predictions of an endpoint, over one of its protocols.

    Every method raises an EndpointError where it gets no answer.
    """

    def version_of(self, choice: ModelChoice, *, timeout_s: float) -> int:
        """The number of the version that a choice means now."""

    def predict(
        self,
        choice: ModelChoice,
        signature: str,
        inputs: Tensors,
        *,
        outputs: Sequence[str],
        optional: Sequence[str] = (),
        timeout_s: float,
    ) -> dict[str, np.ndarray]:
        """The outputs of a signature by name, strings as `str`.

        Args:
            inputs: float32 or int64, or bytes as objects, `[B, ...]` by name.
            outputs: the names that are wanted; one that is missing is an error.
            optional: names that are wanted where the signature has them.
            timeout_s: how long to wait for the answer.
        """

    def close(self) -> None:
        """Ends what is open; whoever waits for an answer gets none."""
