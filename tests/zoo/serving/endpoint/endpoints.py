"""A running endpoint, models and requests for the tests of this folder."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from pathlib import Path

import grpc
import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from zoo.serving.endpoint.admission import Admission
from zoo.serving.endpoint.limits import Limits
from zoo.serving.endpoint.loading import Loader
from zoo.serving.endpoint.metrics import Metrics
from zoo.serving.endpoint.reloading import Reloading
from zoo.serving.endpoint.served_models import ServedModels

FIXTURES = Path(__file__).parents[3] / "fixtures" / "tfserving"
MODELS = FIXTURES / "models"
_ADDRESS = re.compile(r"(gRPC|REST).* at (\S+) \.\.\.")


class Times(tf.Module):
    """y = x * factor, `n` = the rows of the batch; `slow` works for a while first."""

    def __init__(self, factor):
        super().__init__()
        self.factor = tf.Variable(float(factor))

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def times(self, x):
        tf.debugging.assert_all_finite(x, "not finite")
        return {
            "y": x * self.factor,
            "n": tf.repeat(tf.shape(x)[:1], tf.shape(x)[0]),
        }

    @tf.function(input_signature=[tf.TensorSpec([None], tf.float32, name="x")])
    def slow(self, x):
        size = tf.cast(tf.reduce_max(x), tf.int32)
        work = tf.ones([size, size])
        for _ in tf.range(20):
            work = tf.tanh(work @ work)
        return {"y": x * self.factor + 0 * tf.reduce_sum(work)}


def times(path, factor):
    """Writes a version that multiplies by `factor`; whole, or not at all."""
    module = Times(factor)
    aside = path.parent / f"tmp-{path.name}"
    signatures = {"serving_default": module.times, "slow": module.slow}
    tf.saved_model.save(module, str(aside), signatures=signatures)
    aside.rename(path)


class Heavy(tf.Module):
    """128 MiB of numbers."""

    def __init__(self):
        super().__init__()
        self.numbers = tf.Variable(tf.random.normal([2**25]))

    @tf.function(input_signature=[tf.TensorSpec([None, 2], tf.float32, name="x")])
    def add(self, x):
        return {"y": x + self.numbers[0]}


def heavy(path):
    """Writes a version that takes much memory."""
    module = Heavy()
    tf.saved_model.save(module, str(path), signatures={"serving_default": module.add})


def broken(path):
    """Writes a version that no server can load."""
    shutil.copytree(MODELS / "multi" / "1", path)
    (path / "saved_model.pb").write_bytes(b"\x00not a model")


def config(path, base_path, *, versions=(), labels=None, name="m"):
    """Writes a configuration of one model, whole or not at all."""
    policy = "".join(f" versions: {version}" for version in versions)
    pairs = "".join(
        f' version_labels {{ key: "{label}" value: {version} }}'
        for label, version in (labels or {}).items()
    )
    specific = f" model_version_policy {{ specific {{{policy} }} }}" if policy else ""
    aside = path.with_suffix(".aside")
    aside.write_text(
        f'model_config_list {{ config {{ name: "{name}" base_path: "{base_path}"'
        f' model_platform: "tensorflow"{specific}{pairs} }} }}',
        encoding="utf-8",
    )
    aside.rename(path)


def conformance_config(path):
    """Writes the configuration under which the conformance cases were recorded."""
    of = (
        'config {{ name: "{0}" base_path: "{1}/{0}" model_platform: "tensorflow" {2} }}'
    )
    two = (
        "model_version_policy { specific { versions: 1 versions: 2 } } "
        'version_labels { key: "stable" value: 1 }'
    )
    configs = [
        of.format(name, MODELS, two if name == "multi" else "")
        for name in ("half_plus_two", "half_plus_two_tf2", "multi")
    ]
    path.write_text(f"model_config_list {{ {' '.join(configs)} }}", encoding="utf-8")


@dataclass
class Served:
    """The parts of a server in this process, without its protocols."""

    limits: Limits = field(default_factory=Limits)
    batching: object = None
    free_labels: bool = False
    models: ServedModels = field(default_factory=ServedModels)
    metrics: Metrics = field(default_factory=Metrics)

    def reloading(self, configured):
        """What follows the configuration that `configured` reads."""
        return Reloading(
            self.models,
            configured=configured,
            loader=self.loader(),
            free_labels=self.free_labels,
        )

    def loader(self):
        """What loads versions."""
        return Loader(
            limits=self.limits,
            admission=Admission(self.limits),
            metrics=self.metrics,
            warms_up=True,
            batching=self.batching,
        )


@dataclass
class Endpoint:
    """A server in a process of its own."""

    process: subprocess.Popen
    grpc: str
    rest: str
    lines: list

    def stub(self, **options):
        """TensorFlow Serving's own stub of PredictionService."""
        channel = grpc.insecure_channel(self.grpc, **options)
        return prediction_service_pb2_grpc.PredictionServiceStub(channel)

    def states(self, name="m"):
        """The versions' states and error codes."""
        channel = grpc.insecure_channel(self.grpc)
        stub = model_service_pb2_grpc.ModelServiceStub(channel)
        request = get_model_status_pb2.GetModelStatusRequest()
        request.model_spec.name = name
        states = get_model_status_pb2.ModelVersionStatus.State
        return {
            one.version: (states.Name(one.state), one.status.error_code)
            for one in stub.GetModelStatus(request, timeout=10).model_version_status
        }

    def end(self, number=signal.SIGTERM, timeout_s=60):
        """Ends it by a signal; its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout_s)


@contextlib.contextmanager
def started(*flags):
    """An endpoint that answers; killed at the end if it still runs."""
    process = subprocess.Popen(
        [sys.executable, "-m", "zoo.serving.endpoint.main", *flags]
        + ["--port=0", "--rest_api_port=0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "2"},
    )
    try:
        addresses, lines = {}, []
        while len(addresses) < 2:
            line = process.stdout.readline()
            lines.append(line)
            if not line:
                raise AssertionError("".join(lines))
            if match := _ADDRESS.search(line):
                addresses[match[1]] = match[2]
        reader = threading.Thread(target=lambda: lines.extend(process.stdout))
        reader.start()
        yield Endpoint(process, addresses["gRPC"], addresses["REST"], lines)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()


def request(name="m", *, signature="", version=None, label=None, **inputs):
    """A PredictRequest of arrays; Python's floats are float32."""
    made = predict_pb2.PredictRequest()
    made.model_spec.name = name
    made.model_spec.signature_name = signature
    if version is not None:
        made.model_spec.version.value = version
    if label is not None:
        made.model_spec.version_label = label
    for alias, array in inputs.items():
        array = np.float32(array) if isinstance(array, list) else array
        made.inputs[alias].CopyFrom(tf.make_tensor_proto(array))
    return made
