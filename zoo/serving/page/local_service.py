"""The models of this process, asked as the client asks an endpoint over the wire."""

import time
from collections.abc import Sequence

import numpy as np

from zoo.serving.client import statuses
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.model_choice import ModelChoice
from zoo.serving.client.service import Tensors
from zoo.serving.endpoint.servable import Servable
from zoo.serving.endpoint.served_models import ServedModels
from zoo.serving.endpoint.status_error import StatusError


class LocalService:
    """`zoo.serving.client.service.Service` without a wire.

    So what is asked, in which words, and what is checked of the answers is the code of
    `zoo.predict --endpoint`; requests wait and join batches with all others.
    """

    def __init__(self, models: ServedModels):
        self._models = models

    def version_of(self, choice: ModelChoice, *, timeout_s: float) -> int:
        """See `zoo.serving.client.service.Service`."""
        return self._find(choice).version

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
        """See `zoo.serving.client.service.Service`."""
        servable = self._find(choice)
        try:
            answered = servable.run(
                signature, inputs, deadline=time.monotonic() + timeout_s
            )
        except StatusError as error:
            raise _cause(error) from error
        missing = [name for name in outputs if name not in answered]
        if missing:
            raise EndpointError("bad_answer", f"no {', '.join(missing)}")
        wanted = [*outputs, *(name for name in optional if name in answered)]
        return {name: _with_texts(answered[name]) for name in wanted}

    def close(self) -> None:
        """Nothing is open."""

    def _find(self, choice: ModelChoice) -> Servable:
        try:
            return self._models.find(
                choice.name, version=choice.version, label=choice.label
            )
        except StatusError as error:
            raise _cause(error) from error


def _cause(error: StatusError) -> EndpointError:
    return statuses.error(error.code.name, error.message, token_sent=True)


def _with_texts(array: np.ndarray) -> np.ndarray:
    """Strings as `str`, as they come over the wire."""
    if array.dtype.kind not in "OS":
        return array
    texts = [bytes(element).decode("utf-8") for element in array.ravel()]
    return np.array(texts, dtype=str).reshape(array.shape)
