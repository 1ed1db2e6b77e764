"""The recorded models, each signature called directly: a stand-in for the core."""

import functools
from pathlib import Path

import grpc
import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.saved_model_pb2 import SavedModel

from zoo.serving.endpoint.served_models import VersionStatus
from zoo.serving.endpoint.status_error import StatusError

RECORDED = Path(__file__).parents[3] / "fixtures" / "tfserving"
_VERSIONS = {
    "half_plus_two": {123: "00000123"},
    "half_plus_two_tf2": {123: "00000123"},
    "multi": {1: "1", 2: "2"},
}
_LABELS = {"multi": {"stable": 1}}


class RecordedServable:
    """One version of a recorded model."""

    def __init__(self, name, version, folder):
        self.name = name
        self.version = version
        path = str(RECORDED / "models" / name / folder)
        saved = SavedModel.FromString((Path(path) / "saved_model.pb").read_bytes())
        self.meta_graph = saved.meta_graphs[0]
        self._model = tf.saved_model.load(path)

    def run(self, signature_name, inputs, *, outputs=(), deadline=None):
        signature = self._model.signatures[signature_name or "serving_default"]
        infos = self.meta_graph.signature_def[signature_name or "serving_default"]
        try:
            answer = signature(**{name: tf.constant(a) for name, a in inputs.items()})
        except (tf.errors.InvalidArgumentError, ValueError, TypeError) as error:
            raise StatusError(
                grpc.StatusCode.INVALID_ARGUMENT, str(error)[:200]
            ) from error
        return {name: np.asarray(answer[name]) for name in infos.outputs}


class RecordedModels:
    """What `ServedModels` offers, of the recorded models."""

    def find(self, name, *, version=None, label=None):
        versions = _VERSIONS.get(name, {})
        if label is not None:
            version = _LABELS.get(name, {}).get(label)
            if version is None:
                raise StatusError(
                    grpc.StatusCode.INVALID_ARGUMENT,
                    f"Unrecognized servable version label: {label}",
                )
        if version is None and versions:
            version = max(versions)
        if version not in versions:
            asked = (
                f"Latest({name})" if version is None else f"Specific({name}, {version})"
            )
            raise StatusError(
                grpc.StatusCode.NOT_FOUND, f"Servable not found for request: {asked}"
            )
        return _loaded(name, version)

    def status(self, name, version=None):
        versions = sorted(_VERSIONS.get(name, {}), reverse=True)
        if not versions:
            raise StatusError(
                grpc.StatusCode.NOT_FOUND,
                f"Could not find any versions of model {name}",
            )
        if version is not None and version not in versions:
            raise StatusError(
                grpc.StatusCode.NOT_FOUND,
                f"Could not find version {version} of model {name}",
            )
        return [
            VersionStatus(version=number, state="AVAILABLE")
            for number in versions
            if version in (None, number)
        ]


@functools.cache
def _loaded(name, version):
    return RecordedServable(name, version, _VERSIONS[name][version])
