"""A SavedModel in a version-1 session, as TensorFlow Serving runs it."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import grpc
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf import config_pb2
from tensorflow.core.protobuf.meta_graph_pb2 import MetaGraphDef, TensorInfo

from zoo.serving.endpoint.status_error import StatusError
from zoo.serving.gate.xla_off import disable_xla

_CODES = {code.value[0]: code for code in grpc.StatusCode}


class SavedModelSession:
    """Runs the signatures of one SavedModel; safe to use from any thread.

    Args:
        path: the version's directory.
        timeout_s: after which a run is given up.

    Raises:
        StatusError: what is there can't be loaded.
    """

    def __init__(self, path: Path, *, timeout_s: float):
        disable_xla()
        self._timeout_s = timeout_s
        self._callables = {}
        self._lock = threading.Lock()
        options = tf.compat.v1.ConfigProto(allow_soft_placement=True)
        options.gpu_options.allow_growth = True
        graph = tf.Graph()
        self._session = tf.compat.v1.Session(graph=graph, config=options)
        try:
            with graph.as_default():
                self.meta_graph = _load(self._session, path)
        except Exception as error:  # the loader raises whatever a broken file leads to
            self._session.close()
            raise _status_error(error) from error

    def run(
        self, signature_name: str, inputs: Mapping[str, np.ndarray]
    ) -> dict[str, np.ndarray]:
        """All outputs of a signature.

        Args:
            inputs: an array for every input.

        Raises:
            StatusError: with the message of the op that failed.
        """
        signature = self.meta_graph.signature_def[signature_name]
        feeds = {info.name: inputs[name] for name, info in _sorted(signature.inputs)}
        try:
            call = self._callable(signature_name)
            arrays = dict(zip(_tensors(signature.outputs), call(*feeds.values())))
        except Exception as error:  # TensorFlow's errors have no common base
            raise _status_error(error) from error
        return {name: arrays[info.name] for name, info in signature.outputs.items()}

    def _callable(self, signature_name: str) -> Callable[..., Sequence[np.ndarray]]:
        """What runs the graph with no more work in Python than the arguments need."""
        with self._lock:
            if signature_name not in self._callables:
                signature = self.meta_graph.signature_def[signature_name]
                options = config_pb2.CallableOptions(
                    feed=_tensors(signature.inputs), fetch=_tensors(signature.outputs)
                )
                options.run_options.timeout_in_ms = round(self._timeout_s * 1000)
                # Sessions have no public way to a callable that takes arguments and
                # checks types and shapes where the true server does: in C++.
                made = self._session._make_callable_from_options(options)
                self._callables[signature_name] = made
            return self._callables[signature_name]

    def close(self) -> None:
        """Frees the variables."""
        self._callables.clear()
        self._session.close()


def _load(session: tf.compat.v1.Session, path: Path) -> MetaGraphDef:
    """What is kept has signatures; the graph itself is in the session."""
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel(logging.ERROR)  # else it warns of version-1 sessions at each load
    try:
        loaded = tf.compat.v1.saved_model.load(
            session, [tf.saved_model.SERVING], str(path)
        )
    finally:
        logger.setLevel(level)
    loaded.ClearField("graph_def")
    loaded.ClearField("object_graph_def")
    return loaded


def _sorted(infos: Mapping[str, TensorInfo]) -> list[tuple[str, TensorInfo]]:
    return sorted(infos.items(), key=lambda pair: pair[0])


def _tensors(infos: Mapping[str, TensorInfo]) -> list[str]:
    """Names of the tensors, each once, in the order of the names clients use."""
    return list(dict.fromkeys(info.name for _, info in _sorted(infos)))


def _status_error(error: Exception) -> StatusError:
    if isinstance(error, tf.errors.OpError):
        return StatusError(_CODES[error.error_code], error.message)
    if isinstance(error, UnicodeDecodeError):
        # An op quotes bytes of the request that are no text: TensorFlow's Python can't
        # make its error of that message, and the code is lost.
        message = error.object.decode("utf-8", "replace")
        return StatusError(grpc.StatusCode.INVALID_ARGUMENT, message)
    if isinstance(error, OSError):
        return StatusError(grpc.StatusCode.NOT_FOUND, str(error))
    return StatusError(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}")
