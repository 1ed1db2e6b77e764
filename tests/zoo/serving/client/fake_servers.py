"""A model behind both of TensorFlow Serving's protocols, as small as tests need it."""

import base64
import contextlib
import json
import ssl
import threading
from concurrent import futures
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import grpc
import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    predict_pb2,
    prediction_service_pb2_grpc,
)

NO_LABEL = "Unrecognized servable version label: {}"
NO_SIGNATURE = {
    "grpc": 'Serving signature key "{}" not found.',
    "rest": 'Serving signature name: "{}" not found in signature def',
}


class RefusedError(Exception):
    """A status by its gRPC name, and words."""


@dataclass
class Model:
    """What is served.

    `signatures` has functions from inputs to outputs, by the signature's name;
    `refusals` are raised first, one a request; `sent` is what came over the wire.
    """

    signatures: dict
    name: str = "liver"
    versions: tuple = (1, 2)
    labels: dict = field(default_factory=lambda: {"stable": 1})
    token: str | None = None
    refusals: list = field(default_factory=list)
    sent: list = field(default_factory=list)
    asked: list = field(default_factory=list)

    def admit(self, authorization):
        if self.token is not None and authorization != f"Bearer {self.token}":
            raise RefusedError("UNAUTHENTICATED", "a token is wanted")
        if self.refusals:
            raise self.refusals.pop(0)

    def resolve(self, name, version, label):
        labels = self.labels if name == self.name else {}
        if label is not None and label not in labels:
            raise RefusedError("INVALID_ARGUMENT", NO_LABEL.format(label))
        version = labels.get(label, version)
        if name == self.name and version is None:
            return max(self.versions)
        if name != self.name or version not in self.versions:
            kind = "Latest" if version is None else "Specific"
            which = name if version is None else f"{name}, {version}"
            words = f"Servable not found for request: {kind}({which})"
            raise RefusedError("NOT_FOUND", words)
        return version

    def answer(self, version, signature, inputs, protocol):
        if signature not in self.signatures:
            words = NO_SIGNATURE[protocol].format(signature)
            raise RefusedError("FAILED_PRECONDITION", words)
        self.asked.append((version, signature))
        return self.signatures[signature](inputs)


@contextlib.contextmanager
def grpc_server(model, *, certificate=None, key=None, largest=-1):
    """Serves until the block ends; gives the port."""
    server = grpc.server(
        futures.ThreadPoolExecutor(8),
        options=[("grpc.max_receive_message_length", largest)],
    )
    prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
        _Servicer(model), server
    )
    if certificate is None:
        port = server.add_insecure_port("127.0.0.1:0")
    else:
        pair = (key.read_bytes(), certificate.read_bytes())
        credentials = grpc.ssl_server_credentials([pair])
        port = server.add_secure_port("127.0.0.1:0", credentials)
    server.start()
    try:
        yield port
    finally:
        server.stop(0).wait()


@contextlib.contextmanager
def rest_server(model, *, certificate=None, key=None):
    """Likewise."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(model))
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    server.daemon_threads = True
    server.handle_error = lambda *arguments: None
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


SERVERS = {"grpc": grpc_server, "http": rest_server}


class _Servicer(prediction_service_pb2_grpc.PredictionServiceServicer):
    def __init__(self, model):
        self._model = model

    def Predict(self, request, context):  # noqa: N802
        version = self._version(request, context)
        inputs = {name: tf.make_ndarray(one) for name, one in request.inputs.items()}
        name = request.model_spec.signature_name
        try:
            outputs = self._model.answer(version, name, inputs, "grpc")
        except RefusedError as refused:
            _abort(context, refused)
        response = predict_pb2.PredictResponse()
        response.model_spec.version.value = version
        for name, values in outputs.items():
            response.outputs[name].CopyFrom(tf.make_tensor_proto(values))
        return response

    def GetModelMetadata(self, request, context):  # noqa: N802
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        response.model_spec.version.value = self._version(request, context)
        return response

    def _version(self, request, context):
        model, spec = self._model, request.model_spec
        model.sent.append(request.SerializeToString())
        model.sent.append(repr(context.invocation_metadata()).encode())
        try:
            model.admit(dict(context.invocation_metadata()).get("authorization"))
            return model.resolve(
                spec.name,
                spec.version.value if spec.HasField("version") else None,
                spec.version_label or None,
            )
        except RefusedError as refused:
            _abort(context, refused)


def _abort(context, refused):
    status, words = refused.args
    context.abort(grpc.StatusCode[status], words)


HTTP = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "UNAUTHENTICATED": 401,
    "NOT_FOUND": 404,
    "RESOURCE_EXHAUSTED": 429,
    "INTERNAL": 500,
    "UNAVAILABLE": 503,
}


def _handler(model):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self._answer(b"")

        def do_POST(self):
            self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _answer(self, body):
            model.sent += [self.path.encode(), str(self.headers).encode(), body]
            try:
                model.admit(self.headers["Authorization"])
                parts = self.path.removeprefix("/v1/models/").partition(":")[0]
                name, *rest = map(unquote, parts.split("/"))
                version = int(rest[1]) if "versions" in rest else None
                label = rest[1] if "labels" in rest else None
                version = model.resolve(name, version, label)
                if not body:
                    spec = {"name": name, "version": str(version)}
                    self._write(200, {"model_spec": spec, "metadata": {}})
                    return
                asked = json.loads(body)
                inputs = {key: _array(one) for key, one in asked["inputs"].items()}
                name = asked["signature_name"]
                outputs = model.answer(version, name, inputs, "rest")
                shown = {key: np.asarray(one).tolist() for key, one in outputs.items()}
                if len(shown) == 1:
                    (shown,) = shown.values()
                self._write(200, {"outputs": shown})
            except RefusedError as refused:
                status, words, *headers = refused.args
                number = status if isinstance(status, int) else HTTP[status]
                self._write(number, {"error": words}, dict(*headers))

        def _write(self, status, content, headers=()):
            words = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(words)))
            for name, value in dict(headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, *arguments):
            pass

    return Handler


def _array(values):
    if isinstance(values[0], dict):
        return np.array([base64.b64decode(one["b64"]) for one in values], object)
    return np.array(values)
