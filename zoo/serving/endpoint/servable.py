"""One loaded version of a model: named arrays in, named arrays out."""

from collections.abc import Mapping, Sequence

import numpy as np
from tensorflow.core.protobuf.meta_graph_pb2 import MetaGraphDef


class Servable:
    """A version that answers; its memory is free when nobody refers to it any more.

    Args:
        name: of the model.
        version: its number.
        meta_graph: of the SavedModel, whose signatures it answers.
    """

    def __init__(self, name: str, version: int, meta_graph: MetaGraphDef):
        self.name = name
        self.version = version
        self.meta_graph = meta_graph

    def run(
        self,
        signature_name: str,
        inputs: Mapping[str, np.ndarray],
        *,
        outputs: Sequence[str] = (),
        deadline: float | None = None,
    ) -> dict[str, np.ndarray]:
        """Answers one request, alone or in a batch with others.

        Args:
            signature_name: a key of `meta_graph.signature_def`; "" = serving_default.
            inputs: arrays by the signature's names; strings as objects (bytes).
            outputs: names of those wanted; empty = all.
            deadline: by `time.monotonic()`; none = the server's own.

        Raises:
            StatusError: in TensorFlow Serving's words.
        """
        raise NotImplementedError
