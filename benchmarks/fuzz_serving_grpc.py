"""Mutated gRPC requests, and what an answer to them may be."""

import json
import socket

import fuzz_serving_server
import grpc
from tensorflow_serving.apis import predict_pb2

_PREDICT = "/tensorflow.serving.PredictionService/Predict"
_METHODS = (
    *(_PREDICT, "/tensorflow.serving.PredictionService/GetModelMetadata"),
    *("/tensorflow.serving.ModelService/GetModelStatus", "/tensorflow.serving.X/Y"),
    *("/tensorflow.serving.PredictionService/Classify", "/"),
    "/tensorflow.serving.ModelService/HandleReloadConfigRequest",
)
_IMPROPER = {
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.DATA_LOSS,
}
# bytes that are no message: gRPC itself answers; no prediction signature, and XLA: as
# TensorFlow Serving does
_TRUE_INTERNAL = ("deserializing", "signature method_name", "XlaMustCompile")
TIMEOUT_S = 60
_CASES = json.loads((fuzz_serving_server.RECORDED / "predict_grpc.json").read_text())
_SEEDS = tuple(bytes.fromhex(case["request_hex"]) for case in _CASES)
_GOOD = next(case for case in _CASES if case["case"] == "ok")


def mutated_bytes(rng):
    """A serialised request with some bytes changed."""
    message = bytearray(rng.choice(_SEEDS))
    for _ in range(rng.randint(1, 4)):
        place = rng.randrange(len(message) + 1)
        end = min(len(message), place + rng.randint(0, 8))
        way = rng.random()
        if way < 0.5 and message:
            message[rng.randrange(len(message))] = rng.randrange(256)
        elif way < 0.7:
            message[place:place] = rng.randbytes(rng.randint(1, 8))
        elif way < 0.9:
            del message[place:end]
        else:
            message[place:place] = message[place:end] * rng.randint(1, 20)
    return bytes(message)


def mutated_request(rng):
    """A request with fields that no client of ours sets."""
    request = predict_pb2.PredictRequest.FromString(_SEEDS[0])
    request.model_spec.signature_name = rng.choice(
        ("two", "scal", "nan", "half", "serve_bytes", "jitsig", "", "\x00", "a" * 5000)
        + ("__saved_model_init_op", "serving_default")
    )
    if rng.random() < 0.1:
        request.model_spec.version.value = rng.choice((-1, 0, 1, 2, 2**63 - 1))
    if rng.random() < 0.1:
        request.model_spec.version_label = rng.choice(("stable", "", "no", "\u2028"))
    request.output_filter.extend(rng.choice(((), (), ("n",), ("n", "n"), ("zz",))))
    name = rng.choice(("a", "b", "x", "volume", "volume_bytes", "", "zz"))
    _mutate_tensor(request.inputs[name], rng)
    return request.SerializeToString()


def _mutate_tensor(tensor, rng):
    """Type, shape and values that need not fit one another."""
    tensor.dtype = rng.choice((*range(0, 30), 101, 118, 9999, -1))
    if rng.random() < 0.5:
        del tensor.tensor_shape.dim[:]
        for _ in range(rng.choice((0, 1, 2, 5, 40, 300))):
            tensor.tensor_shape.dim.add(
                size=rng.choice((0, 1, 2, 3, -1, -(2**63), 2**31, 2**62, 10**6))
            )
    tensor.tensor_shape.unknown_rank = rng.random() < 0.1
    if rng.random() < 0.5:
        tensor.tensor_content = rng.randbytes(rng.choice((0, 1, 4, 12, 13, 5000)))
    if rng.random() < 0.3:
        floats = (0.0, 1e38, float("nan"))
        tensor.float_val.extend(rng.choices(floats, k=rng.randint(1, 9)))
    if rng.random() < 0.3:
        tensor.int_val.extend(rng.choices((0, -1, 2**31 - 1), k=rng.randint(1, 9)))
    if rng.random() < 0.3:
        tensor.string_val.extend(rng.choices((b"", b"\xff" * 100), k=rng.randint(1, 9)))
    if rng.random() < 0.1:
        tensor.half_val.extend((-1, 2**31 - 1))
    if rng.random() < 0.1:
        tensor.version_number = -5


class Client:
    """One channel that sends bytes as they are."""

    def __init__(self, port):
        self._port = port
        self._channel = grpc.insecure_channel(
            f"127.0.0.1:{port}",
            options=[("grpc.max_send_message_length", -1)]
            + [("grpc.use_local_subchannel_pool", 1)],
        )

    def close(self):
        """Ends the channel."""
        self._channel.close()

    def send(self, message, *, method=_PREDICT, timeout_s=TIMEOUT_S, metadata=()):
        """A call under way."""
        call = self._channel.unary_unary(method, _as_it_is, _as_it_is)
        return call.future(message, timeout=timeout_s, metadata=metadata)

    def ask_mutated(self, rng):
        """What is wrong with the answer to a mutated request, and its status.

        Raises:
            TimeoutError: there's no answer: the server hangs.
        """
        message = mutated_bytes(rng) if rng.random() < 0.5 else mutated_request(rng)
        chance = rng.random()
        if chance < 0.01:
            message = b"\x00" * (fuzz_serving_server.MAX_BYTES + 1000)
            return self._result(self.send(message), grpc.StatusCode.RESOURCE_EXHAUSTED)
        if chance < 0.05:
            return self._result(self.send(message, timeout_s=rng.random() / 1000))
        if chance < 0.09:
            call = self.send(message)
            call.cancel()
            return None, "CANCELLED"
        if chance < 0.12:
            self._cut(message, rng)
            return None, "CUT"
        if chance < 0.2:
            return self._result(self.send(message, method=rng.choice(_METHODS)))
        return self._result(self.send(message))

    def _result(self, call, expected=None):
        """The fault of an answer, and its status."""
        code = call.code()
        details = call.details() or ""
        if code is grpc.StatusCode.DEADLINE_EXCEEDED and expected is None:
            return None, code.name
        if expected is not None and code is not expected:
            fault = f"{code.name} where {expected.name} was due: {details[:200]}"
            return fault, code.name
        if code in _IMPROPER and not any(word in details for word in _TRUE_INTERNAL):
            return f"gRPC {code.name}: {details[:300]}", code.name
        return None, code.name

    def _cut(self, message, rng):
        """Bytes that may be no HTTP/2, and no more."""
        with socket.create_connection(("127.0.0.1", self._port), TIMEOUT_S) as sock:
            preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" if rng.random() < 0.5 else b""
            sock.sendall(preface + message)

    def good_fault(self):
        """What is wrong with the answer to a good request; none if nothing is."""
        call = self.send(bytes.fromhex(_GOOD["request_hex"]))
        if call.code() is not grpc.StatusCode.OK:
            return f"a good gRPC request got {call.code().name}: {call.details()[:200]}"
        ours = predict_pb2.PredictResponse.FromString(call.result())
        theirs = predict_pb2.PredictResponse.FromString(
            bytes.fromhex(_GOOD["response_hex"])
        )
        return None if ours == theirs else f"a good gRPC request got {ours}"


def _as_it_is(message):
    return message
