"""Requests of the same shapes run together."""

import threading
import time
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import numpy as np
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef

from pipelines.errors import DataError
from zoo.serving import text_protos
from zoo.serving.endpoint.admission import Admission, deadline_exceeded
from zoo.serving.endpoint.saved_model_session import SavedModelSession
from zoo.serving.endpoint.servable import Arrays
from zoo.serving.endpoint.status_error import StatusError


@dataclass(frozen=True, kw_only=True)
class BatchingParameters:
    """How large batches are and how long they wait; TensorFlow Serving's defaults."""

    max_batch_size: int = 1000
    batch_timeout_micros: int = 0
    max_enqueued_batches: int = 10
    num_batch_threads: int | None = None  # none = as many sessions as run at once
    allowed_batch_sizes: tuple[int, ...] = ()

    def __post_init__(self):
        sizes = self.allowed_batch_sizes
        if min(self.max_batch_size, self.max_enqueued_batches, *sizes) < 1:
            raise DataError(f"batching wants sizes of 1 or more. Received: {self}")
        if self.batch_timeout_micros < 0:
            raise DataError(f"batching wants a timeout of 0 or more. Received: {self}")
        if self.num_batch_threads is not None and self.num_batch_threads < 1:
            raise DataError(f"batching wants 1 or more threads. Received: {self}")
        if sizes and (sorted({*sizes}) != [*sizes] or sizes[-1] != self.max_batch_size):
            raise DataError(
                "allowed_batch_sizes must increase up to max_batch_size "
                f"({self.max_batch_size}). Received: {sizes}"
            )


def read(path: Path) -> BatchingParameters:
    """The parameters of a file of text proto.

    Raises:
        DataError: it can't be read, contradicts itself, or wants what is not there.
    """
    parsed = text_protos.read(path, "BatchingParameters")
    if parsed.pad_variable_length_inputs:
        raise DataError(f"{path}: this server has no pad_variable_length_inputs")
    given = {
        name: getattr(parsed, name).value
        for name in (
            "max_batch_size",
            "batch_timeout_micros",
            "max_enqueued_batches",
            "num_batch_threads",
        )
        if parsed.HasField(name)
    }
    return BatchingParameters(
        **given, allowed_batch_sizes=(*parsed.allowed_batch_sizes,)
    )


@dataclass(eq=False)
class _Request:
    inputs: Arrays
    rows: int
    deadline: float
    outputs: dict[str, np.ndarray] | None = None
    error: StatusError | None = None


@dataclass(eq=False)
class _Batch:
    requests: list[_Request] = field(default_factory=list)
    full: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def rows(self) -> int:
        return sum(request.rows for request in self.requests)


class InBatches:
    """Runs requests of one signature, and equal shapes but for the rows, together.

    The thread of a batch's first request runs it: after the timeout, or before when it
    is full, and as soon as a session is free. Until then others join.

    Args:
        session: what runs.
        admission: where a batch waits for its turn.
        parameters: how large batches are and how long they wait.
        record: told the rows of every batch, padding included.
    """

    def __init__(
        self,
        session: SavedModelSession,
        admission: Admission,
        parameters: BatchingParameters,
        record: Callable[[int], None],
    ):
        self._session = session
        self._admission = admission
        self._parameters = parameters
        self._record = record
        self._lock = threading.Lock()
        self._open: dict[Hashable, _Batch] = {}
        self._enqueued = 0  # batches that do not run yet
        self._together = {
            name
            for name, signature in session.meta_graph.signature_def.items()
            if _has_rows(signature)
        }

    def __call__(
        self, signature_name: str, inputs: Arrays, *, deadline: float
    ) -> dict[str, np.ndarray]:
        rows = _rows(inputs) if signature_name in self._together else 0
        if not rows:
            with self._admission.session(deadline):
                return self._session.run(signature_name, inputs)
        request = _Request(inputs, rows, deadline)
        shapes = ((n, array.dtype, array.shape[1:]) for n, array in inputs.items())
        key = (signature_name, *shapes)
        batch, leads = self._join(key, request)
        if leads:
            self._lead(key, batch, signature_name)
        elif not batch.done.wait(deadline - time.monotonic()):
            raise deadline_exceeded()
        if request.error is not None:
            raise request.error
        return request.outputs

    def _join(self, key: Hashable, request: _Request) -> tuple[_Batch, bool]:
        """The batch that takes the request, and whether it is its first."""
        most = self._parameters.max_batch_size
        if request.rows > most:
            raise StatusError(
                grpc.StatusCode.INVALID_ARGUMENT,
                f"Task size {request.rows} is larger than maximum input batch size "
                f"{most}",
            )
        with self._lock:
            batch = self._open.get(key)
            if batch is not None and batch.rows + request.rows > most:
                self._close(key, batch)
                batch = None
            leads = batch is None
            if leads:
                batch = self._new(key)
            batch.requests.append(request)
            if batch.rows == most:
                self._close(key, batch)
            return batch, leads

    def _new(self, key: Hashable) -> _Batch:
        if self._enqueued >= self._parameters.max_enqueued_batches:
            raise StatusError(
                grpc.StatusCode.UNAVAILABLE,
                "The batch scheduling queue to which this task was submitted is full",
            )
        self._enqueued += 1
        self._open[key] = _Batch()
        return self._open[key]

    def _close(self, key: Hashable, batch: _Batch) -> None:
        """Lets nobody join any more."""
        if self._open.get(key) is batch:
            del self._open[key]
        batch.full.set()

    def _lead(self, key: Hashable, batch: _Batch, signature_name: str) -> None:
        """Runs the batch when it is its turn, and tells those who wait."""
        batch.full.wait(self._parameters.batch_timeout_micros / 1e6)
        try:
            latest = max(request.deadline for request in tuple(batch.requests))
            with self._admission.session(latest):
                self._leave_queue(key, batch)
                self._run(batch.requests, signature_name)
        except StatusError as error:  # the turn did not come in time
            self._leave_queue(key, batch)
            _fail(batch.requests, error)
        finally:
            internal = StatusError(grpc.StatusCode.INTERNAL, "the batch failed")
            _fail(batch.requests, internal)
            batch.done.set()

    def _leave_queue(self, key: Hashable, batch: _Batch) -> None:
        with self._lock:
            self._close(key, batch)
            self._enqueued -= 1

    def _run(self, requests: Sequence[_Request], signature_name: str) -> None:
        """Answers the requests together; if that fails, each for itself."""
        now = time.monotonic()
        _fail([one for one in requests if one.deadline <= now], deadline_exceeded())
        waiting = [request for request in requests if request.deadline > now]
        if not waiting:
            return
        try:
            self._run_together(waiting, signature_name)
        except StatusError as error:
            if len(waiting) == 1:
                _fail(waiting, error)
                return
            for request in waiting:
                self._run([request], signature_name)

    def _run_together(self, requests: Sequence[_Request], signature_name: str) -> None:
        rows = sum(request.rows for request in requests)
        padded = self._padded(rows)
        inputs = {
            name: _stacked([request.inputs[name] for request in requests], padded)
            for name in requests[0].inputs
        }
        outputs = self._session.run(signature_name, inputs)
        self._record(padded)
        if any(array.shape[:1] != (padded,) for array in outputs.values()):
            raise StatusError(
                grpc.StatusCode.FAILED_PRECONDITION,
                "Batched output tensor's 0th dimension does not equal the sum of the "
                "0th dimension sizes of the input tensors",
            )
        start = 0
        for request in requests:
            end = start + request.rows
            request.outputs = {name: a[start:end] for name, a in outputs.items()}
            start = end

    def _padded(self, rows: int) -> int:
        sizes = self._parameters.allowed_batch_sizes
        return next((size for size in sizes if size >= rows), rows)


def _has_rows(signature: SignatureDef) -> bool:
    """Whether every input and output has a first dimension of any size."""
    infos = (*signature.inputs.values(), *signature.outputs.values())
    shapes = [info.tensor_shape for info in infos]
    return bool(signature.inputs) and all(s.dim and s.dim[0].size == -1 for s in shapes)


def _rows(inputs: Arrays) -> int:
    """The rows that all inputs have; 0 if they differ or have none."""
    rows = {array.shape[0] if array.ndim else 0 for array in inputs.values()}
    return rows.pop() if len(rows) == 1 else 0


def _stacked(arrays: Sequence[np.ndarray], rows: int) -> np.ndarray:
    """Below each other, and to so many rows the first row again."""
    missing = rows - sum(len(array) for array in arrays)
    if len(arrays) == 1 and not missing:
        return arrays[0]
    return np.concatenate([*arrays, np.repeat(arrays[0][:1], missing, axis=0)])


def _fail(requests: Sequence[_Request], error: StatusError) -> None:
    """Gives the error to those that have no answer; a raised error is one thread's."""
    for request in requests:
        if request.outputs is None and request.error is None:
            request.error = StatusError(error.code, error.message)
