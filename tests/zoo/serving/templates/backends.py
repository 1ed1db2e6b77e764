"""A backend that answers both protocols, and says what reached it."""

import contextlib
import time
from concurrent import futures
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import grpc

PREDICT = "/tensorflow.serving.PredictionService/Predict"
STATUS = "/tensorflow.serving.ModelService/GetModelStatus"
RELOAD = "/tensorflow.serving.ModelService/HandleReloadConfigRequest"
SIZES = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


class _Any(grpc.GenericRpcHandler):
    """Answers every method with its name, the token it saw and the request."""

    def service(self, details):
        seen = dict(details.invocation_metadata).get("authorization", "")

        def answer(request, context):
            if request == b"slow":
                time.sleep(2)
            if request == b"wrong":
                context.abort(grpc.StatusCode.INVALID_ARGUMENT, "the request is wrong")
            return f"{details.method} {seen}|".encode() + request

        return grpc.unary_unary_rpc_method_handler(answer)


class _Rest(BaseHTTPRequestHandler):
    """Answers with the path, the token it saw and the number of bytes."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        length = int(self.headers.get("Content-Length", 0))
        body = self.rfile.read(length)
        if body == b"slow":
            time.sleep(2)
        seen = self.headers.get("Authorization", "")
        answer = f"{self.path} {seen}|{len(body)}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def do_POST(self):
        self.do_GET()

    def log_message(self, *_):
        pass


class _Server(ThreadingHTTPServer):
    request_queue_size = 128


@contextlib.contextmanager
def running():
    """Yields the ports of gRPC and REST."""
    server = grpc.server(futures.ThreadPoolExecutor(64), options=SIZES)
    server.add_generic_rpc_handlers((_Any(),))
    grpc_port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    rest = _Server(("127.0.0.1", 0), _Rest)
    Thread(target=rest.serve_forever, daemon=True).start()
    try:
        yield grpc_port, rest.server_address[1]
    finally:
        rest.shutdown()
        rest.server_close()
        server.stop(0).wait()
