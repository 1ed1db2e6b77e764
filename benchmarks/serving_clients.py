"""Clients of an endpoint that ask again as soon as they are answered."""

import base64
import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from serving_models import MODEL

PATIENCE_SECONDS = 600


class GrpcClient:
    """One connection of its own, as each client has."""

    def __init__(self, address, records):
        import grpc
        from tensorflow_serving.apis import predict_pb2, prediction_service_pb2_grpc

        unlimited = [
            ("grpc.max_receive_message_length", -1),
            ("grpc.max_send_message_length", -1),
            ("grpc.use_local_subchannel_pool", 1),
        ]
        self._channel = grpc.insecure_channel(address, options=unlimited)
        self._stub = prediction_service_pb2_grpc.PredictionServiceStub(self._channel)
        self._requests = []
        for record in records:
            request = predict_pb2.PredictRequest()
            request.model_spec.name = MODEL
            request.model_spec.signature_name = "serve_examples"
            examples = request.inputs["examples"]
            examples.dtype = 7  # DT_STRING
            examples.tensor_shape.dim.add().size = 1
            examples.string_val.append(record)
            self._requests.append(request)

    def ask(self, number):
        request = self._requests[number % len(self._requests)]
        answer = self._stub.Predict(request, timeout=PATIENCE_SECONDS)
        assert len(answer.outputs["probabilities"].tensor_shape.dim) == 2

    def close(self):
        self._channel.close()


class RestClient:
    """One connection of its own, which is kept."""

    def __init__(self, address, records):
        self._connection = http.client.HTTPConnection(address, timeout=PATIENCE_SECONDS)
        self._bodies = [
            json.dumps(
                {
                    "signature_name": "serve_examples",
                    "instances": [{"b64": base64.b64encode(record).decode()}],
                }
            ).encode()
            for record in records
        ]

    def ask(self, number):
        body = self._bodies[number % len(self._bodies)]
        self._connection.request("POST", f"/v1/models/{MODEL}:predict", body)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise SystemExit(f"HTTP {response.status}: {answer[:500]!r}")

    def close(self):
        self._connection.close()


CLIENTS = {"grpc": GrpcClient, "rest": RestClient}


def asked(protocol, address, records, clients, *, seconds, requests=0):
    """Latencies in seconds, and requests a second, of so many clients at once.

    Each client asks again as soon as it is answered, until the time is over and each
    was answered twice, or, with `requests`, until so many were asked by all.
    """
    each = -(-requests // clients)
    start = threading.Barrier(clients + 1)

    def client(number):
        connection = CLIENTS[protocol](address, records)
        try:
            connection.ask(number)  # the connection stands
            start.wait()
            taken, end = [], time.perf_counter() + seconds
            while len(taken) < (each or 2) or (
                not requests and time.perf_counter() < end
            ):
                begun = time.perf_counter()
                connection.ask(number + len(taken))
                taken.append((begun, time.perf_counter()))
            return taken
        finally:
            connection.close()

    with ThreadPoolExecutor(clients) as pool:
        asking = [pool.submit(client, number) for number in range(clients)]
        start.wait()
        spans = [span for future in asking for span in future.result()]
    begun, ended = min(b for b, _ in spans), max(e for _, e in spans)
    return [end - begin for begin, end in spans], len(spans) / (ended - begun)
