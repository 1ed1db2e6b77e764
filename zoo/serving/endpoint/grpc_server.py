"""TensorFlow Serving's gRPC services."""

import time
from collections.abc import Callable
from concurrent import futures
from dataclasses import dataclass
from typing import Any, NoReturn

import grpc
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from zoo.serving.endpoint import request_checks, tensor_proto
from zoo.serving.endpoint.access import Access
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.servable import Servable
from zoo.serving.endpoint.served_models import ServedModels
from zoo.serving.endpoint.status_error import StatusError

_REFUSING_THREADS = 16  # beyond those that work: they say UNAVAILABLE at once
_LONGEST_MESSAGE = 2000  # characters; gRPC carries no status of more than 8 KiB


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """What TLS shows to clients: PEM files' content."""

    key: bytes
    chain: bytes


class GrpcServer:
    """PredictionService and ModelService on one port.

    Args:
        models: what is served.
        limits: of size, number and time.
        access: who may ask.
        metrics: where requests are counted.
        certificate: none = without TLS.
    """

    def __init__(
        self,
        models: ServedModels,
        *,
        limits: Limits,
        access: Access,
        metrics: Metrics,
        certificate: Certificate | None = None,
    ):
        threads = limits.max_requests + _REFUSING_THREADS
        self._certificate = certificate
        self._server = grpc.server(
            futures.ThreadPoolExecutor(threads, thread_name_prefix="grpc"),
            interceptors=(_Doorkeeper(access),),
            maximum_concurrent_rpcs=threads,
            options=(
                ("grpc.max_receive_message_length", limits.max_request_bytes),
                ("grpc.max_send_message_length", -1),
                ("grpc.so_reuseport", 0),
            ),
        )
        answers = _Answers(models, metrics)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            _PredictionService(answers), self._server
        )
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(
            _ModelService(answers), self._server
        )

    def start(self, host: str, port: int) -> int:
        """Begins to answer.

        Args:
            port: 0 = any that is free.

        Returns:
            The port.

        Raises:
            RuntimeError: the port is taken.
        """
        address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        if self._certificate is None:
            port = self._server.add_insecure_port(address)
        else:
            pair = (self._certificate.key, self._certificate.chain)
            port = self._server.add_secure_port(
                address, grpc.ssl_server_credentials([pair])
            )
        self._server.start()
        return port

    def stop(self, grace_s: float) -> None:
        """Takes no more requests, and ends when those under way have, or after that."""
        self._server.stop(grace_s).wait()


class _Doorkeeper(grpc.ServerInterceptor):
    """Refuses every call, whatever it asks, that does not show the token."""

    def __init__(self, access: Access):
        self._access = access

    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Any],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler | None:
        shown = dict(handler_call_details.invocation_metadata).get("authorization")
        try:
            self._access.check(shown)
        except StatusError as error:
            refused = error  # the name of an except clause ends with it
            return grpc.unary_unary_rpc_method_handler(
                lambda _, context: _abort(context, refused)
            )
        return continuation(handler_call_details)


class _Answers:
    """Has a function answer a request, and turns what it raises into a status."""

    def __init__(self, models: ServedModels, metrics: Metrics):
        self.models = models
        self._metrics = metrics

    def give(
        self,
        api: str,
        answer: Callable[[Any, grpc.ServicerContext], Any],
        request: Any,  # a message with a model_spec
        context: grpc.ServicerContext,
    ) -> Any:
        """The answer, or the end of the call with a status."""
        began = time.monotonic()
        code, error = grpc.StatusCode.OK, None
        try:
            if not request.HasField("model_spec"):
                raise StatusError(grpc.StatusCode.INVALID_ARGUMENT, "Missing ModelSpec")
            return answer(request, context)
        except StatusError as raised:
            error, code = raised, raised.code
        finally:
            self._metrics.record(
                model=request.model_spec.name,
                api=api,
                entrypoint="GRPC",
                code=code.name,
                seconds=time.monotonic() - began,
            )
        return _abort(context, error)

    def find(self, spec: model_pb2.ModelSpec) -> Servable:
        """The version that a request asks."""
        version = spec.version.value if spec.HasField("version") else None
        label = spec.version_label if spec.HasField("version_label") else None
        return self.models.find(spec.name, version=version, label=label)


def _abort(context: grpc.ServicerContext, error: StatusError) -> NoReturn:
    context.abort(error.code, error.message[:_LONGEST_MESSAGE])


class _PredictionService(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Predict and GetModelMetadata; the rest is UNIMPLEMENTED."""

    def __init__(self, answers: _Answers):
        self._answers = answers

    def Predict(  # noqa: N802
        self, request: predict_pb2.PredictRequest, context: grpc.ServicerContext
    ) -> predict_pb2.PredictResponse:
        return self._answers.give("predict", self._predict, request, context)

    def GetModelMetadata(  # noqa: N802
        self,
        request: get_model_metadata_pb2.GetModelMetadataRequest,
        context: grpc.ServicerContext,
    ) -> get_model_metadata_pb2.GetModelMetadataResponse:
        return self._answers.give(
            "get_model_metadata", self._metadata, request, context
        )

    def _predict(
        self, request: predict_pb2.PredictRequest, context: grpc.ServicerContext
    ) -> predict_pb2.PredictResponse:
        left = context.time_remaining()
        deadline = None if left is None else time.monotonic() + left
        spec = request.model_spec
        servable = self._answers.find(spec)
        arrays = servable.run(
            spec.signature_name,
            {name: _array(name, proto) for name, proto in request.inputs.items()},
            outputs=tuple(request.output_filter),
            deadline=deadline,
        )
        response = predict_pb2.PredictResponse()
        response.model_spec.name = servable.name
        response.model_spec.version.value = servable.version
        response.model_spec.signature_name = (
            spec.signature_name or request_checks.DEFAULT_SIGNATURE
        )
        for name, array in arrays.items():
            response.outputs[name].CopyFrom(tensor_proto.from_array(array))
        return response

    def _metadata(
        self,
        request: get_model_metadata_pb2.GetModelMetadataRequest,
        context: grpc.ServicerContext,
    ) -> get_model_metadata_pb2.GetModelMetadataResponse:
        _check_fields(request.metadata_field)
        servable = self._answers.find(request.model_spec)
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.name = servable.name
        response.model_spec.version.value = servable.version
        signatures = get_model_metadata_pb2.SignatureDefMap()
        for name, signature in servable.meta_graph.signature_def.items():
            signatures.signature_def[name].CopyFrom(signature)
        response.metadata["signature_def"].Pack(signatures)
        return response


class _ModelService(model_service_pb2_grpc.ModelServiceServicer):
    """GetModelStatus; models are changed in the configuration file alone."""

    def __init__(self, answers: _Answers):
        self._answers = answers

    def GetModelStatus(  # noqa: N802
        self,
        request: get_model_status_pb2.GetModelStatusRequest,
        context: grpc.ServicerContext,
    ) -> get_model_status_pb2.GetModelStatusResponse:
        return self._answers.give("get_model_status", self._status, request, context)

    def _status(
        self,
        request: get_model_status_pb2.GetModelStatusRequest,
        context: grpc.ServicerContext,
    ) -> get_model_status_pb2.GetModelStatusResponse:
        spec = request.model_spec
        version = spec.version.value if spec.HasField("version") else None
        response = get_model_status_pb2.GetModelStatusResponse()
        for status in self._answers.models.status(spec.name, version):
            told = response.model_version_status.add(
                version=status.version,
                state=get_model_status_pb2.ModelVersionStatus.State.Value(status.state),
            )
            told.status.error_code = grpc.StatusCode[status.error_code].value[0]
            told.status.error_message = status.error_message
        return response


def _array(name: str, proto: Any) -> Any:
    try:
        return tensor_proto.to_array(proto)
    except ValueError as error:
        raise StatusError(
            grpc.StatusCode.INVALID_ARGUMENT, f"tensor parsing error: {name}: {error}"
        ) from error


def _check_fields(names: Any) -> None:
    if not names:
        raise StatusError(
            grpc.StatusCode.INVALID_ARGUMENT,
            "GetModelMetadataRequest must specify at least one metadata_field",
        )
    for name in names:
        if name != "signature_def":
            raise StatusError(
                grpc.StatusCode.INVALID_ARGUMENT,
                f"Metadata field {name} is not supported",
            )
