"""What PredictionService and ModelService answer."""

import functools
import time
from collections.abc import Sequence
from typing import Any, NoReturn

import grpc
import numpy as np
from tensorflow.core.framework.tensor_pb2 import TensorProto
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from zoo.serving.endpoint import request_checks, tensor_proto
from zoo.serving.endpoint.grpc_answers import Answers, abort
from zoo.serving.endpoint.status_error import StatusError


async def _not_here(_: Any, __: Any, context: grpc.aio.ServicerContext) -> NoReturn:
    await abort(
        context,
        grpc.StatusCode.UNIMPLEMENTED,
        "The embedded endpoint has Predict, GetModelMetadata and GetModelStatus alone",
    )


class PredictionService(prediction_service_pb2_grpc.PredictionServiceServicer):
    """Predict and GetModelMetadata; the rest is UNIMPLEMENTED."""

    Classify = Regress = MultiInference = _not_here

    def __init__(self, answers: Answers):
        self._answers = answers

    async def Predict(  # noqa: N802
        self, request: predict_pb2.PredictRequest, context: grpc.aio.ServicerContext
    ) -> predict_pb2.PredictResponse:
        left = context.time_remaining()
        deadline = None if left is None else time.monotonic() + left
        work = functools.partial(self._predict, request, deadline)
        return await self._answers.give(
            "predict", lambda: self._answers.in_thread(work), request, context
        )

    async def GetModelMetadata(  # noqa: N802
        self,
        request: get_model_metadata_pb2.GetModelMetadataRequest,
        context: grpc.aio.ServicerContext,
    ) -> get_model_metadata_pb2.GetModelMetadataResponse:
        return await self._answers.give(
            "get_model_metadata", lambda: self._metadata(request), request, context
        )

    def _predict(
        self, request: predict_pb2.PredictRequest, deadline: float | None
    ) -> predict_pb2.PredictResponse:
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

    async def _metadata(
        self, request: get_model_metadata_pb2.GetModelMetadataRequest
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

    HandleReloadConfigRequest = _not_here

    def __init__(self, answers: Answers):
        self._answers = answers

    async def GetModelStatus(  # noqa: N802
        self,
        request: get_model_status_pb2.GetModelStatusRequest,
        context: grpc.aio.ServicerContext,
    ) -> get_model_status_pb2.GetModelStatusResponse:
        return await self._answers.give(
            "get_model_status", lambda: self._status(request), request, context
        )

    async def _status(
        self, request: get_model_status_pb2.GetModelStatusRequest
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
