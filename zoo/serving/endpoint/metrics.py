"""What Prometheus asks, under TensorFlow Serving's names."""

import bisect
import threading
from collections import Counter
from collections.abc import Iterator

_REQUESTS = ":tensorflow:serving:request_count"
_LATENCY = ":tensorflow:serving:request_latency"
_LOADS = ":tensorflow:cc:saved_model:load_attempt_count"
_BATCH = ":tensorflow:serving:batching_session:processed_batch_size"
_MICROSECONDS = tuple(10 * 1.8**power for power in range(33))  # to about 20 minutes
_SIZES = tuple(2.0**power for power in range(11))
_BOUNDS = {_LATENCY: _MICROSECONDS, _BATCH: _SIZES}

_Labels = tuple[tuple[str, str], ...]


class Metrics:
    """Counts of requests and their latencies; safe to use from any thread."""

    def __init__(self):
        self._lock = threading.Lock()
        self._counts: dict[str, Counter[_Labels]] = {
            _REQUESTS: Counter(),
            _LOADS: Counter(),
        }
        self._histograms: dict[str, dict[_Labels, _Histogram]] = {
            _LATENCY: {},
            _BATCH: {},
        }

    def record(
        self, *, model: str, api: str, entrypoint: str, code: str, seconds: float
    ) -> None:
        """Counts one answered request.

        Args:
            model: its name; one that is not served must not come here.
            api: "predict", "get_model_metadata" or "get_model_status".
            entrypoint: "GRPC" or "REST".
            code: name of a gRPC status, "OK" included.
            seconds: of wall time.
        """
        where = (("model_name", model), ("API", api), ("entrypoint", entrypoint))
        with self._lock:
            self._counts[_REQUESTS][("model_name", model), ("status", code)] += 1
            self._add(_LATENCY, (*where, ("status", code)), seconds * 1e6)

    def record_load(self, *, path: str, loaded: bool) -> None:
        """Counts one attempt to load a version."""
        status = "success" if loaded else "fail"
        with self._lock:
            self._counts[_LOADS][("model_path", path), ("status", status)] += 1

    def record_batch(self, size: int, *, model: str) -> None:
        """Counts one batch, padding included."""
        with self._lock:
            self._add(_BATCH, (("model_name", model),), size)

    def _add(self, name: str, labels: _Labels, value: float) -> None:
        if labels not in self._histograms[name]:
            self._histograms[name][labels] = _Histogram(_BOUNDS[name])
        self._histograms[name][labels].add(value)

    def text(self) -> str:
        """All figures in Prometheus' text format."""
        with self._lock:
            return "".join(f"{line}\n" for line in self._lines())

    def _lines(self) -> Iterator[str]:
        for name, counts in self._counts.items():
            yield f"# TYPE {name} counter"
            for labels, count in counts.items():
                yield f"{name}{_braces(labels)} {count}"
        for name, histograms in self._histograms.items():
            yield f"# TYPE {name} histogram"
            for labels, histogram in histograms.items():
                yield from histogram.lines(name, labels)


class _Histogram:
    """How many values are at most each bound."""

    def __init__(self, bounds: tuple[float, ...]):
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def add(self, value: float) -> None:
        self._counts[bisect.bisect_left(self._bounds, value)] += 1
        self._sum += value

    def lines(self, name: str, labels: _Labels) -> Iterator[str]:
        total = 0
        for bound, count in zip((*self._bounds, "+Inf"), self._counts):
            total += count
            le = bound if isinstance(bound, str) else f"{bound:g}"
            yield f"{name}_bucket{_braces((*labels, ('le', le)))} {total}"
        yield f"{name}_sum{_braces(labels)} {self._sum:g}"
        yield f"{name}_count{_braces(labels)} {total}"


def _braces(labels: _Labels) -> str:
    pairs = (f'{name}="{_escaped(value)}"' for name, value in labels)
    return f"{{{','.join(pairs)}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
