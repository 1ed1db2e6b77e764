"""Whether the embedded endpoint stands whatever is sent to it.

    python benchmarks/fuzz_serving.py [--requests 100000] [--seed 0] [--json FILE]

Starts `python -m zoo.serving.endpoint.main` on the models of `tests/fixtures/tfserving`
and sends mutated requests of both protocols from several threads: broken JSON and
messages, wrong shapes and types, requests too large, nesting without end, malformed
HTTP, connections cut while something is sent; beside them clients that send a byte a
second. Every hundredth request of a thread is a good one, whose answer must be right.

It fails if the server dies or a request isn't answered within a minute, on HTTP 500 and
gRPC's INTERNAL and UNKNOWN (but where TensorFlow Serving answers so), on a wrong answer
to a good request, on a request above the limit that gets another status than 413 or
RESOURCE_EXHAUSTED, if a dripping client is served for longer than two minutes, if
memory grows after the first fifth by more than the bound, and if SIGTERM doesn't end
the server with 0. The same seed sends the same requests of a thread in the same order.
"""

import argparse
import collections
import json
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import fuzz_serving_grpc
import fuzz_serving_rest
import fuzz_serving_server

_EVERY_GOOD = 100
_DRIPPING = 8
_LONGEST_DRIP_S = 120
_MOST_FAULTS = 20


class Tally:
    """What the threads saw; safe to use from all of them."""

    def __init__(self):
        self._lock = threading.Lock()
        self.statuses = collections.Counter()
        self.faults = []
        self.slowest_s = 0.0

    def add(self, status, fault, seconds):
        """Counts one answer."""
        with self._lock:
            self.statuses[status] += 1
            self.slowest_s = max(self.slowest_s, seconds)
            if fault is not None and len(self.faults) < _MOST_FAULTS:
                self.faults.append(fault)

    def total(self):
        """Requests so far."""
        with self._lock:
            return self.statuses.total()


def attack(served, tally, *, seed, number, requests):
    """What one thread sends."""
    rng = random.Random(f"{seed}-{number}")
    rest = fuzz_serving_rest.Client(served.rest_port)
    grpc = fuzz_serving_grpc.Client(served.grpc_port)
    for count in range(requests):
        start = time.monotonic()
        try:
            status, fault = _one(rest, grpc, rng, good=count % _EVERY_GOOD == 0)
        except Exception as error:
            status, fault = "no answer", f"{type(error).__name__}: {error}"
            rest.close()
        tally.add(status, fault, time.monotonic() - start)
        if not served.is_alive():
            break
    rest.close()
    grpc.close()


def _one(rest, grpc, rng, *, good):
    """Status and fault of one request, of either protocol."""
    if good:
        fault = fuzz_serving_rest.good_fault(rest) or grpc.good_fault()
        return "good", fault
    if rng.random() < 0.4:
        fault, status = grpc.ask_mutated(rng)
        return f"gRPC {status}", fault
    if rng.random() < 0.01:
        return "REST 413, due", fuzz_serving_rest.large_fault(rest, rng)
    raw = fuzz_serving_rest.request(rng)
    if rng.random() < 0.03:
        rest.cut(raw, rng)
        return "REST cut", None
    status, body = rest.ask(raw)
    return f"REST {status}", fuzz_serving_rest.fault(status, body)


def fuzz(*, requests, threads, seed, log):
    """Sends requests until there were that many.

    Returns:
        What happened; `faults` is empty if all went well.
    """
    tally, stop = Tally(), threading.Event()
    with fuzz_serving_server.served(log=log) as served:
        drips = [_Drip(served.rest_port, stop) for _ in range(_DRIPPING)]
        start, each = time.monotonic(), requests // threads
        attackers = [
            threading.Thread(
                target=attack,
                args=(served, tally),
                kwargs={"seed": seed, "number": number, "requests": each},
            )
            for number in range(threads)
        ]
        for thread in attackers:
            thread.start()
        settled_mib = _memory_after(served, tally, requests // 5, attackers)
        for thread in attackers:
            thread.join()
        seconds = time.monotonic() - start
        alive = served.is_alive()
        faults = list(tally.faults)
        end_mib = served.resident_mib() if alive else 0.0
        stop.set()
        faults += [fault for drip in drips if (fault := drip.fault())]
        code = fuzz_serving_server.ended(served) if alive else served.process.returncode
    if not alive or code != 0:
        faults.append(f"the server {'ended' if alive else 'died'} with {code}")
    return {
        "requests": tally.total(),
        "seconds": round(seconds, 1),
        "slowest_s": round(tally.slowest_s, 2),
        "statuses": dict(sorted(tally.statuses.items())),
        "memory_mib": {"a fifth": round(settled_mib), "end": round(end_mib)},
        "faults": faults,
    }


def _memory_after(served, tally, requests, attackers):
    """Memory of the server once it answered so many requests, in MiB."""
    while tally.total() < requests and any(map(threading.Thread.is_alive, attackers)):
        time.sleep(0.1)
    return served.resident_mib() if served.is_alive() else 0.0


class _Drip:
    """A client that sends a byte a second."""

    def __init__(self, port, stop):
        self._seconds = None
        self._start = time.monotonic()
        self._port, self._stop = port, stop
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self):
        self._seconds = fuzz_serving_rest.dripped(self._port, self._stop)

    def fault(self):
        """What is wrong with how the server treated it; none if nothing is."""
        self._thread.join()
        lasted = time.monotonic() - self._start
        if self._seconds is None and lasted > _LONGEST_DRIP_S:
            return f"a dripping client was not cut in {lasted:.0f} s"
        return None


def main():
    """Fuzzes, and says what happened."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=100_000)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--most-growth-mib", type=float, default=100.0)
    parser.add_argument("--log", type=Path, help="the server's standard error")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = fuzz(
            requests=options.requests,
            threads=options.threads,
            seed=options.seed,
            log=options.log or Path(folder) / "server.log",
        )
    memory = result["memory_mib"]
    if memory["end"] - memory["a fifth"] > options.most_growth_mib:
        result["faults"].append(f"memory grew from {memory}")
    text = json.dumps(result, indent=2)
    if options.json:
        options.json.write_text(text + "\n")
    print(text)
    return 1 if result["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
