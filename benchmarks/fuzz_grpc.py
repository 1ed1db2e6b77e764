"""Mutated gRPC requests, each the same for the same seed and number."""

import random
from collections.abc import Callable
from dataclasses import dataclass

from fuzz_rest import damaged
from google.protobuf.message import DecodeError, Message
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    predict_pb2,
)

_PREDICTION = "/tensorflow.serving.PredictionService/"
PREDICT = f"{_PREDICTION}Predict"
_METADATA = f"{_PREDICTION}GetModelMetadata"
_STATUS = "/tensorflow.serving.ModelService/GetModelStatus"
_NO_METHODS = (
    f"{_PREDICTION}Classify",
    f"{_PREDICTION}Regress",
    f"{_PREDICTION}MultiInference",
    "/tensorflow.serving.ModelService/HandleReloadConfigRequest",
    "/a/b",
)
_MESSAGES = {
    PREDICT: predict_pb2.PredictRequest,
    _METADATA: get_model_metadata_pb2.GetModelMetadataRequest,
    _STATUS: get_model_status_pb2.GetModelStatusRequest,
}
_NAMES = ("multi", "half_plus_two", "half_plus_two_tf2", "", "nope", "\x00", "é" * 3000)
_SIGNATURES = ("", "serving_default", "two", "scal", "nan", "half", "jitsig", "zz")
_SIGNATURES += ("serve_bytes", "__saved_model_init_op", "regress_x_to_y", "\x00")
_SIGNATURES += ("classify_x_to_y", "regress_x2_to_y3", "s" * 5000)
_INPUTS = ("a", "b", "x", "volume", "volume_bytes", "inputs", "", "\x00", "c" * 2000)
_SIZES = (0, 1, 1, 2, 3, 3, 7, 64, -1, -(2**63), 2**31, 2**62, 2**63 - 1)
_REFUSED = ("Expected prediction signature method_name", "XLA compilation disabled")


@dataclass(frozen=True, kw_only=True)
class GrpcRequest:
    """What is sent to a method, and which status that may get."""

    kind: str
    method: str
    content: bytes
    timeout_s: float | None = None  # a deadline that may end it; none = it has time
    cut: bool = False  # the client cancels the call
    codes: frozenset[str] = frozenset(
        (
            *("OK", "INVALID_ARGUMENT", "NOT_FOUND", "FAILED_PRECONDITION"),
            *("UNIMPLEMENTED", "ABORTED"),  # which oneDNN's kernels call empty volumes
        )
    )


def is_proper(request: GrpcRequest, code: str, message: str) -> bool:
    """Whether a request may be answered so.

    INTERNAL is right in three cases, where TensorFlow Serving says so as well: bytes
    that are no message (gRPC's own answer), and a signature that nobody may call, or
    that only XLA could run.
    """
    if code == "INTERNAL" and request.method in _MESSAGES:
        unreadable = not _is_message(request.method, request.content)
        return unreadable or message.startswith(_REFUSED)
    if request.timeout_s is not None and code in ("DEADLINE_EXCEEDED", "CANCELLED"):
        return True
    return code in request.codes


def _is_message(method: str, content: bytes) -> bool:
    try:
        _MESSAGES[method].FromString(content)
    except DecodeError:
        return False
    return True


class GrpcRequests:
    """Makes the requests of one run.

    Args:
        recorded: cases of `tests/fixtures/tfserving/predict_grpc.json`.
        max_bytes: the server's limit of a message.
    """

    def __init__(self, recorded: list[dict[str, str]], *, max_bytes: int):
        self._recorded = [bytes.fromhex(case["request_hex"]) for case in recorded]
        self._max_bytes = max_bytes
        self._kinds: tuple[tuple[int, Callable[[random.Random], GrpcRequest]], ...] = (
            *((12, self._bytes), (45, self._tensors), (18, self._spec)),
            *((10, self._told), (3, self._too_large), (3, self._no_method)),
            *((5, self._hurried), (4, self._cancelled)),
        )

    def make(self, source: random.Random) -> GrpcRequest:
        """One request, of a kind and with a mutation that the source decides."""
        weights, makers = zip(*self._kinds)
        return source.choices(makers, weights)[0](source)

    def _case(self, source: random.Random) -> predict_pb2.PredictRequest:
        return predict_pb2.PredictRequest.FromString(source.choice(self._recorded))

    def _bytes(self, source: random.Random) -> GrpcRequest:
        content = damaged(source.choice(self._recorded), source)
        return GrpcRequest(kind="bytes", method=PREDICT, content=content)

    def _tensors(self, source: random.Random) -> GrpcRequest:
        """Tensors with odd types, shapes and values."""
        request = self._case(source)
        for _ in range(source.randint(1, 2)):
            name = source.choice((*request.inputs, *_INPUTS))
            if name in request.inputs and source.random() < 0.5:
                _mutate(request.inputs[name], source)
            else:
                request.inputs[name].CopyFrom(_tensor(source))
        if source.random() < 0.5:
            request.model_spec.name = "multi"
            request.model_spec.signature_name = source.choice(_SIGNATURES)
        return _asked("tensors", PREDICT, request)

    def _spec(self, source: random.Random) -> GrpcRequest:
        """Another model, version, label, signature or choice of outputs."""
        request = self._case(source)
        _mutate_spec(request.model_spec, source)
        wanted = ("sum", "n", "y", "", "sum", "\x00", "q" * 3000)
        request.output_filter.extend(source.choices(wanted, k=source.randint(0, 3)))
        if source.random() < 0.01:
            request.output_filter.extend(["sum"] * 20000)
        return _asked("spec", PREDICT, request)

    def _told(self, source: random.Random) -> GrpcRequest:
        """Questions for metadata and status."""
        method = source.choice((_METADATA, _STATUS))
        request = _MESSAGES[method]()
        if source.random() < 0.9:
            _mutate_spec(request.model_spec, source)
        if method == _METADATA:
            fields = ("signature_def", "signature_def", "", "zz", "\x00" * 3000)
            request.metadata_field.extend(
                source.choices(fields, k=source.randint(0, 3))
            )
        if source.random() < 0.3:
            content = damaged(request.SerializeToString(), source)
            return GrpcRequest(kind="told", method=method, content=content)
        return _asked("told", method, request)

    def _too_large(self, source: random.Random) -> GrpcRequest:
        content = source.choice(self._recorded) + b"\x00" * self._max_bytes
        return GrpcRequest(
            kind="too large",
            method=PREDICT,
            content=content,
            codes=frozenset({"RESOURCE_EXHAUSTED"}),
        )

    def _no_method(self, source: random.Random) -> GrpcRequest:
        return GrpcRequest(
            kind="no method",
            method=source.choice(_NO_METHODS),
            content=b"",  # is a message of any type
            codes=frozenset({"UNIMPLEMENTED"}),
        )

    def _hurried(self, source: random.Random) -> GrpcRequest:
        request = self._case(source)
        return GrpcRequest(
            kind="hurried",
            method=PREDICT,
            content=request.SerializeToString(),
            timeout_s=source.choice((1e-6, 1e-4, 1e-3, 3e-3)),
        )

    def _cancelled(self, source: random.Random) -> GrpcRequest:
        content = self._case(source).SerializeToString()
        return GrpcRequest(kind="cancelled", method=PREDICT, content=content, cut=True)


def _asked(kind: str, method: str, request: Message) -> GrpcRequest:
    content = request.SerializeToString(deterministic=True)
    return GrpcRequest(kind=kind, method=method, content=content)


def _mutate_spec(spec: Message, source: random.Random) -> None:
    if source.random() < 0.4:
        spec.name = source.choice(_NAMES)
    if source.random() < 0.4:
        spec.signature_name = source.choice(_SIGNATURES)
    if source.random() < 0.3:
        spec.version.value = source.choice((0, 1, 2, 3, 123, -1, 2**63 - 1, -(2**63)))
    elif source.random() < 0.3:
        spec.version_label = source.choice(("stable", "canary", "", "\x00", "l" * 3000))


def _tensor(source: random.Random) -> TensorProto:
    tensor = TensorProto(dtype=source.choice((1, 1, 3, 7, 9, 10, 19, 14, 23)))
    for _ in range(source.randint(1, 3)):
        _mutate(tensor, source)
    return tensor


def _mutate(tensor: TensorProto, source: random.Random) -> None:
    """Changes one property of a tensor."""
    what = source.randrange(6)
    if what == 0:
        tensor.dtype = source.choice((*range(0, 30), 101, 123, 2**31 - 1, -1))
    elif what == 1:
        del tensor.tensor_shape.dim[:]
        rank = source.choice((0, 1, 1, 2, 2, 3, 5, 6, 7, 33, 255, 300))
        for size in source.choices(_SIZES, k=rank):
            tensor.tensor_shape.dim.add(size=size, name=source.choice(("", "d")))
    elif what == 2:
        tensor.tensor_shape.unknown_rank = not tensor.tensor_shape.unknown_rank
    elif what == 3:
        tensor.tensor_content = source.randbytes(source.choice((0, 1, 4, 12, 16, 4096)))
    elif what == 4:
        count = source.choice((1, 2, 3, 6, 500))
        tensor.float_val.extend([source.choice((0.0, float("nan"), 1e38))] * count)
        tensor.int_val.extend([source.choice((0, -1, 2**31 - 1))] * count)
        tensor.half_val.extend([source.choice((0, -1, 70000))] * count)
    else:
        values = (b"", b"\xff\xfe", b"a" * 5000, b"\x00", b"\x0a\x05abc")
        tensor.string_val.extend(source.choices(values, k=source.randint(1, 3)))
        tensor.bool_val.append(True)
        tensor.resource_handle_val.add(name="a")
        tensor.variant_val.add(type_name="b")
        tensor.version_number = -1
