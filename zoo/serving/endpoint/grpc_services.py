"""What PredictionService and ModelService answer."""

import logging
import time
import urllib.parse
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import grpc
import numpy as np
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from zoo.serving.endpoint import request_checks, tensor_proto
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.servable import Servable
from zoo.serving.endpoint.served_models import ServedModels
from zoo.serving.endpoint.status_error import StatusError

_log = logging.getLogger(__name__)
_LONGEST_MESSAGE = 6000  # bytes, as gRPC quotes them in a header of at most 8 KiB


class Answers:
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
        # Without the error itself, which refers to frames that hold the request.
        code, message = grpc.StatusCode.OK, ""
        try:
            if not request.HasField("model_spec"):
                raise StatusError(grpc.StatusCode.INVALID_ARGUMENT, "Missing ModelSpec")
            return answer(request, context)
        except StatusError as error:
            code, message = error.code, error.message
        except Exception:
            _log.exception("a request failed")
            code, message = grpc.StatusCode.INTERNAL, "the server failed"
        finally:
            name, seconds = request.model_spec.name, time.monotonic() - began
            if name in self.models.names():  # others must not become series
                self._metrics.record(
                    model=name,
                    api=api,
                    entrypoint="GRPC",
                    code=code.name,
                    seconds=seconds,
                )
        return abort(context, code, message)

    def find(self, spec: model_pb2.ModelSpec) -> Servable:
        """The version that a request asks."""
        version = spec.version.value if spec.HasField("version") else None
        label = spec.version_label if spec.HasField("version_label") else None
        return self.models.find(spec.name, version=version, label=label)


def abort(
    context: grpc.ServicerContext, code: grpc.StatusCode, message: str
) -> NoReturn:
    """Ends a call, with as much of the message as fits."""
    message = message[:_LONGEST_MESSAGE]
    while len(urllib.parse.quote(message)) > _LONGEST_MESSAGE:
        message = message[: len(message) // 2]
    context.abort(code, message)


class PredictionService(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Predict and GetModelMetadata; the rest is UNIMPLEMENTED."""

    def __init__(self, answers: Answers):
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


class ModelService(model_service_pb2_grpc.ModelServiceServicer):
    """GetModelStatus; models are changed in the configuration file alone."""

    def __init__(self, answers: Answers):
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


def _array(name: str, proto: TensorProto) -> np.ndarray:
    try:
        return tensor_proto.to_array(proto)
    except ValueError as error:
        raise StatusError(
            grpc.StatusCode.INVALID_ARGUMENT, f"tensor parsing error: {name}: {error}"
        ) from error


def _check_fields(names: Sequence[str]) -> None:
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
