"""TensorFlow Serving's gRPC protocol."""

import contextlib
import re
from collections.abc import Iterator, Sequence

import grpc
import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    model_pb2,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from zoo.serving.client import certificates, statuses
from zoo.serving.client.address import Address
from zoo.serving.client.endpoint_error import EndpointError
from zoo.serving.client.model_choice import ModelChoice
from zoo.serving.client.service import Tensors

_OPTIONS = (
    ("grpc.max_send_message_length", -1),  # a record may be larger than gRPC's 4 MiB
    ("grpc.max_receive_message_length", 2**26),
    ("grpc.enable_retries", 0),  # `retries.py` asks again, within one deadline
    ("grpc.enable_http_proxy", 0),  # a study goes to the endpoint and nowhere else
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 2000),
)
_OF_THE_WAY = re.compile(  # what gRPC itself says where no server answered
    "failed to connect|Socket closed|Connection reset|recvmsg|DNS|handshake"
    "|GOAWAY|Broken pipe|Endpoint closing|empty address list",
    re.IGNORECASE,
)
_NO_GRPC = re.compile("parsing HTTP/2|http1", re.IGNORECASE)
_HTTP_STATUS = re.compile(r"Received http2 header with status: (\d{3})")


class GrpcService:
    """An endpoint over gRPC; its channel serves many threads."""

    def __init__(self, address: Address, *, token: str | None, ca_file: str | None):
        """Connects to nothing yet.

        Raises:
            UsageError: `ca_file` holds no certificates.
        """
        if address.tls:
            trusted = grpc.ssl_channel_credentials(certificates.trusted(ca_file))
            self._channel = grpc.secure_channel(address.target, trusted, _OPTIONS)
        else:
            self._channel = grpc.insecure_channel(address.target, _OPTIONS)
        self._stub = prediction_service_pb2_grpc.PredictionServiceStub(self._channel)
        self._metadata = (("authorization", f"Bearer {token}"),) if token else ()

    def version_of(self, choice: ModelChoice, *, timeout_s: float) -> int:
        """See `zoo.serving.client.service.Service`."""
        request = get_model_metadata_pb2.GetModelMetadataRequest(
            model_spec=_spec(choice), metadata_field=["signature_def"]
        )
        with self._faults():
            answered = self._stub.GetModelMetadata(
                request, timeout=timeout_s, metadata=self._metadata
            )
        return answered.model_spec.version.value

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
        request = predict_pb2.PredictRequest(model_spec=_spec(choice, signature))
        for name, values in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(values))
        with self._faults():
            answered = self._stub.Predict(
                request, timeout=timeout_s, metadata=self._metadata
            )
        if not {*outputs} <= {*answered.outputs}:
            wanted = ", ".join(outputs)
            raise EndpointError("bad_answer", f"outputs {wanted} are wanted")
        there = [name for name in optional if name in answered.outputs]
        return {name: _array(answered.outputs[name]) for name in (*outputs, *there)}

    def close(self) -> None:
        """See `zoo.serving.client.service.Service`."""
        self._channel.close()

    @contextlib.contextmanager
    def _faults(self) -> Iterator[None]:
        """Raises what fails as an EndpointError."""
        try:
            yield
        except grpc.RpcError as error:
            raise _refusal(error, token_sent=bool(self._metadata)) from error


def _spec(choice: ModelChoice, signature: str = "") -> model_pb2.ModelSpec:
    spec = model_pb2.ModelSpec(name=choice.name, signature_name=signature)
    if choice.version is not None:
        spec.version.value = choice.version
    elif choice.label is not None:
        spec.version_label = choice.label
    return spec


def _array(tensor: tensor_pb2.TensorProto) -> np.ndarray:
    """float32, int64, bool or strings."""
    try:
        array = tf.make_ndarray(tensor)
    except (ValueError, TypeError) as error:
        raise EndpointError("bad_answer", str(error)) from error
    if array.dtype != object:
        return array
    texts = [one.decode("utf-8", errors="replace") for one in array.ravel()]
    return np.array(texts, str).reshape(array.shape)


def _refusal(error: grpc.RpcError, *, token_sent: bool) -> EndpointError:
    status, words = error.code().name, error.details() or ""
    by_proxy = _HTTP_STATUS.search(words)
    if by_proxy:
        number = int(by_proxy.group(1))
        if number == 404:
            return EndpointError("other_protocol", words)
        status = statuses.OF_HTTP.get(number, status)
    elif status == "UNAVAILABLE" and _NO_GRPC.search(words):
        return EndpointError("other_protocol", words)
    elif status == "UNAVAILABLE" and _OF_THE_WAY.search(words):
        return EndpointError("unreachable", words)
    return statuses.error(status, words, token_sent=token_sent)
