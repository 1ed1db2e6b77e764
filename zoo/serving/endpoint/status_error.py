"""The one error that a request may meet: a gRPC status and its message."""

import grpc


class StatusError(Exception):
    """A request is answered with this status instead of a result.

    REST maps the code to HTTP as TensorFlow Serving does, gRPC sends both as they are.

    Args:
        code: any but `OK`.
        message: for the client, in TensorFlow Serving's words where it has some.
    """

    def __init__(self, code: grpc.StatusCode, message: str):
        self.code = code
        self.message = message
        super().__init__(f"{code.name}: {message}")
