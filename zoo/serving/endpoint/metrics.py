"""What Prometheus asks, under TensorFlow Serving's names."""


class Metrics:
    """Counts of requests and their latencies; safe to use from any thread."""

    def record(
        self, *, model: str, api: str, entrypoint: str, code: str, seconds: float
    ) -> None:
        """Counts one answered request.

        Args:
            model: its name.
            api: "predict", "get_model_metadata" or "get_model_status".
            entrypoint: "gRPC" or "REST".
            code: name of a gRPC status, "OK" included.
            seconds: of wall time.
        """
        raise NotImplementedError

    def text(self) -> str:
        """All figures in Prometheus' text format."""
        raise NotImplementedError
