"""One loaded version of a model: named arrays in, named arrays out."""

import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import numpy as np
from tensorflow.core.protobuf.meta_graph_pb2 import MetaGraphDef

from zoo.serving.endpoint import request_checks
from zoo.serving.endpoint.admission import Admission, deadline_exceeded
from zoo.serving.endpoint.saved_model_session import SavedModelSession

Arrays = Mapping[str, np.ndarray]


class Runner(Protocol):
    """Waits its turn, by itself or in a batch, and gives all outputs."""

    def __call__(
        self, signature_name: str, inputs: Arrays, *, deadline: float
    ) -> dict[str, np.ndarray]: ...


class Servable:
    """A version that answers; its memory is free when nobody refers to it any more.

    So a request that found it ends on it, whatever is loaded meanwhile.

    Args:
        name: of the model.
        version: its number.
        session: what is closed at the end.
        runner: how the session is asked.
        admission: how many requests may be in.
        timeout_s: the longest that a request may take, whatever its own deadline.
    """

    def __init__(
        self,
        name: str,
        version: int,
        *,
        session: SavedModelSession,
        runner: Runner,
        admission: Admission,
        timeout_s: float,
    ):
        self.name = name
        self.version = version
        self.meta_graph: MetaGraphDef = session.meta_graph
        self._runner = runner
        self._admission = admission
        self._timeout_s = timeout_s
        self._end = weakref.finalize(self, session.close)
        self._end.atexit = False  # the process takes the memory with it

    def run(
        self,
        signature_name: str,
        inputs: Arrays,
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
        latest = time.monotonic() + self._timeout_s
        deadline = latest if deadline is None else min(deadline, latest)
        signature_name = signature_name or request_checks.DEFAULT_SIGNATURE
        signature = request_checks.signature(self.meta_graph, signature_name)
        arrays = request_checks.inputs(signature, inputs)
        request_checks.check_outputs(signature, outputs)
        with self._admission.request():
            results = self._runner(signature_name, arrays, deadline=deadline)
        if time.monotonic() > deadline:
            raise deadline_exceeded()
        return {name: results[name] for name in outputs or results}

    def when_gone(self) -> Callable[[], bool]:
        """Says, without keeping the version, whether it is gone and its memory free."""
        end = self._end
        return lambda: not end.alive


class OneByOne:
    """Runs every request for itself."""

    def __init__(self, session: SavedModelSession, admission: Admission):
        self._session = session
        self._admission = admission

    def __call__(
        self, signature_name: str, inputs: Arrays, *, deadline: float
    ) -> dict[str, np.ndarray]:
        with self._admission.session(deadline):
            return self._session.run(signature_name, inputs)
