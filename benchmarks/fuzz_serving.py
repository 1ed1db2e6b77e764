"""Mutated REST and gRPC requests to the embedded endpoint, in their thousands.

    python benchmarks/fuzz_serving.py [--requests 100000] [--seed 0] [--threads 6]

Starts `python -m zoo.serving.endpoint.main` on the recorded models of
`tests/fixtures/tfserving` and asks it from several threads: wrong JSON, shapes, types,
huge sizes, lists nested ten thousands deep, broken HTTP and protobuf, slow clients, cut
connections. Request number N of a seed is always the same (`--first N --requests 1`
sends one again). A request fails that gets no answer, one that is not proper (500,
INTERNAL, UNKNOWN, no JSON) or one after the time limit; every twentieth is a right one
and must be answered rightly. At the end the process must live and answer,
connections opened at the start and left alone must be closed by it (in runs longer than
its patience), and its memory, threads and open files be about what they were after the
first tenth.
Prints what happened as JSON; ends with 1 if anything failed.
"""

import argparse
import collections
import json
import random
import re
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from fuzz_clients import GrpcClient, RestClient, idle_connections  # noqa: E402
from fuzz_grpc import GrpcRequest, GrpcRequests  # noqa: E402
from fuzz_process import ServerProcess  # noqa: E402
from fuzz_rest import RestRequests  # noqa: E402

RECORDED = ROOT / "tests" / "fixtures" / "tfserving"
MAX_BYTES = 2**18
_GOOD_EVERY = 20
_SETTLED_S = 3.0  # after which what the last requests held is free
_PATIENCE_S = 70.0  # beyond the server's own with a client that says nothing
_MOST_GROWTH_MIB = 64
_MOST_FAILURES = 20  # told in full


class Fuzz:
    """Sends requests and keeps what came of them; safe to use from any thread.

    Args:
        server: that is asked.
        seed: of all requests.
    """

    def __init__(self, server: ServerProcess, *, seed: int):
        rest = json.loads((RECORDED / "rest.json").read_text(encoding="utf-8"))
        grpc_cases = json.loads(
            (RECORDED / "predict_grpc.json").read_text(encoding="utf-8")
        )
        self._seed = seed
        self._rest = RestRequests(rest, max_bytes=MAX_BYTES)
        self._grpc = GrpcRequests(grpc_cases, max_bytes=MAX_BYTES)
        self._rest_client = RestClient(server.rest_port)
        self._grpc_client = GrpcClient(server.grpc_port)
        self._good_grpc = next(c for c in grpc_cases if c["case"] == "ok")
        self._lock = threading.Lock()
        self.answers: collections.Counter[str] = collections.Counter()
        self.failures: list[str] = []

    def send(self, number: int) -> None:
        """Sends one request; a failure is kept, not raised."""
        source = random.Random(f"{self._seed}/{number}")
        if number % _GOOD_EVERY == 0:
            kind, (answer, fault) = "right", self._right(number)
        elif source.random() < 0.5:
            request = self._rest.make(source)
            kind, (answer, fault) = request.kind, self._rest_client.ask(request)
        else:
            request = self._grpc.make(source)
            kind, (answer, fault) = request.kind, self._grpc_client.ask(request)
        with self._lock:
            self.answers[f"{kind}: {answer}"] += 1
            if fault:
                self.failures.append(f"{number} ({kind}): {fault}"[:500])

    def _right(self, number: int) -> tuple[str, str]:
        """A request that has one answer, by the one protocol or the other."""
        if number % (2 * _GOOD_EVERY):
            return self._rest_client.ask_right()
        request = GrpcRequest(
            kind="right",
            method="/tensorflow.serving.PredictionService/Predict",
            content=bytes.fromhex(self._good_grpc["request_hex"]),
        )
        return self._grpc_client.ask_right(
            request, bytes.fromhex(self._good_grpc["response_hex"])
        )


def run(
    server: ServerProcess, *, seed: int, numbers: range, threads: int
) -> dict[str, object]:
    """Sends all requests and says what happened; `failures` is empty if all is well."""
    fuzz = Fuzz(server, seed=seed)
    tenth = numbers.start + max(1, len(numbers) // 10)
    began = time.monotonic()
    with idle_connections((server.rest_port, server.grpc_port)) as idle:
        with ThreadPoolExecutor(threads) as pool:
            collections.deque(pool.map(fuzz.send, range(numbers.start, tenth)), 0)
            time.sleep(_SETTLED_S)
            before = server.usage()
            collections.deque(pool.map(fuzz.send, range(tenth, numbers.stop)), 0)
        seconds = time.monotonic() - began
        fuzz.send(0)
        fuzz.send(_GOOD_EVERY)
        failures = list(fuzz.failures)
        if seconds > _PATIENCE_S:
            failures += [f"an idle connection to port {p} is open" for p in idle()]
    time.sleep(_SETTLED_S)
    failures += list(_leaks(before, server.usage()))
    if server.returncode() is not None:
        failures.append(f"the server ended with {server.returncode()}")
    return {
        "seed": seed,
        "requests": len(numbers),
        "seconds": round(seconds, 1),
        "answers": dict(sorted(fuzz.answers.items())),
        "before": before,
        "after": server.usage(),
        "failed": len(failures),
        "failures": _one_of_each(failures)[:_MOST_FAILURES],
    }


def _one_of_each(failures: list[str]) -> list[str]:
    """The first of those failures that say the same but for numbers."""
    first = {}
    for failure in failures:
        first.setdefault(re.sub(r"\d+", "", failure)[:80], failure)
    return [*first.values()]


def _leaks(before: dict[str, int], after: dict[str, int]) -> Iterator[str]:
    most = {"rss_mib": _MOST_GROWTH_MIB, "threads": 100, "files": 16}
    for name, growth in most.items():
        if after[name] - before[name] > growth:
            yield f"{name} grew from {before[name]} to {after[name]}"


def parse(arguments: list[str]) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--first", type=int, default=1, help="number of the first")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=6)
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Runs the requests and prints what happened."""
    options = parse(arguments)
    numbers = range(options.first, options.first + options.requests)
    with (
        tempfile.TemporaryDirectory() as folder,
        ServerProcess(Path(folder), RECORDED, max_bytes=MAX_BYTES) as server,
    ):
        found = run(server, seed=options.seed, numbers=numbers, threads=options.threads)
        print(json.dumps(found, indent=1))
        print(server.log_tail(), file=sys.stderr)
    return 1 if found["failures"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
