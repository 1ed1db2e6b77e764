"""Latency and throughput of the embedded endpoint, beside the bare session call.

    python benchmarks/serving.py [--architectures resnet3d18 inception] [--sizes 64 128]
        [--clients 1 8 32] [--protocols grpc rest] [--seconds 20] [--rounds 3]
    python benchmarks/serving.py --memory 10000

A network with random weights is exported as `python -m zoo.export` does, and served by
`python -m zoo.serve --with embedded` in a process of its own; records of one channel go
to `serve_examples`, as `python -m zoo.predict --endpoint` sends them. The bare call is
a version-1 session with XLA disabled, in a process that does nothing else: one record
at a time, and as many as a batch takes. Bare and served are measured in turn, round by
round; of latencies the percentiles over all rounds, of throughput the median round.

With --memory so many requests go to a `cnn3d` at 16³ from 8 clients; printed is the
server's resident memory on the way.
"""

import argparse
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np
from serving_clients import PATIENCE_SECONDS, asked
from serving_models import MODEL, make, read_records

_READY = "Exporting HTTP/REST API"  # what the endpoint prints when it answers
_MEMORY_SIZE = 16
_MEMORY_CLIENTS = 8


def bare(folder, batch, seconds):
    """Child: the session call alone; seconds of each call, printed as JSON."""
    import tensorflow as tf

    from zoo.serving.gate import xla_off

    xla_off.disable_xla()
    (version,) = (folder / "saved_models" / MODEL).glob("[0-9]*")
    records = read_records(folder)
    examples = np.array([records[i % len(records)] for i in range(batch)], object)
    with tf.compat.v1.Session(graph=tf.Graph()) as session:
        loaded = tf.compat.v1.saved_model.load(session, ["serve"], str(version))
        signature = loaded.signature_def["serve_examples"]
        inputs = [signature.inputs["examples"].name]
        outputs = [output.name for output in signature.outputs.values()]
        call = session.make_callable(outputs, inputs)
        for _ in range(2):
            call(examples)
        taken, end = [], time.perf_counter() + seconds
        while time.perf_counter() < end or len(taken) < 2:
            begun = time.perf_counter()
            call(examples)
            taken.append(time.perf_counter() - begun)
    print(json.dumps(taken))


def in_child(*arguments):
    """What a child prints as its last line."""
    command = [sys.executable, str(Path(__file__).resolve()), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8")
    if done.returncode:
        raise SystemExit(f"{arguments}: {done.stderr[-2000:]}")
    return done.stdout.strip().splitlines()[-1] if done.stdout.strip() else ""


def free_ports(number):
    """Ports of this machine that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


@contextlib.contextmanager
def served(folder):
    """The embedded endpoint: its process, and the addresses of both protocols."""
    command = [sys.executable, "-m", "zoo.serve", "--with", "embedded"]
    ports = free_ports(2)
    command += ["--root", str(folder / "saved_models"), "--port", str(ports[0])]
    command += ["--rest-port", str(ports[1])]
    log = folder / "server.log"
    with log.open("w", encoding="utf-8") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
    try:
        end = time.time() + PATIENCE_SECONDS
        while _READY not in log.read_text(encoding="utf-8"):
            if server.poll() is not None or time.time() > end:
                raise SystemExit(
                    f"the server did not start: {log.read_text(encoding='utf-8')}"
                )
            time.sleep(0.1)
        grpc_address, rest_address = (f"127.0.0.1:{port}" for port in ports)
        yield server, {"grpc": grpc_address, "rest": rest_address}
    finally:
        server.terminate()
        server.wait(60)


def resident_mb(process):
    """Resident memory of a process and its children, in MB."""
    pages = 0
    children = (
        Path(f"/proc/{process}/task/{process}/children")
        .read_text(encoding="utf-8")
        .split()
    )
    for one in (process, *children):
        pages += int(Path(f"/proc/{one}/statm").read_text(encoding="utf-8").split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


def measured(arch, size, options):
    """One network at one size: all rows of its table, as dicts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        in_child("--make", arch, size, folder)
        config = (folder / "saved_models" / "batching.config").read_text(
            encoding="utf-8"
        )
        batch = int(re.search(r"max_batch_size\s*{\s*value:\s*(\d+)", config)[1])
        records = read_records(folder)
        single, batched = [], []
        cells = {(p, c): ([], []) for p in options.protocols for c in options.clients}
        for _ in range(options.rounds):
            single += json.loads(in_child("--bare", folder, 1, options.seconds))
            calls = json.loads(in_child("--bare", folder, batch, options.seconds))
            batched.append(batch * len(calls) / sum(calls))
            with served(folder) as (_, addresses):
                for (protocol, clients), (latencies, rates) in cells.items():
                    some, rate = asked(
                        protocol,
                        addresses[protocol],
                        records,
                        clients,
                        seconds=options.seconds,
                    )
                    latencies += some
                    rates.append(rate)
    one = np.percentile(single, [50, 95]) * 1000
    best = max(median(batched), 1000 / one[0])
    yield {
        "network": f"{arch} {size}",
        "protocol": "bare call",
        "clients": 1,
        "p50_ms": one[0],
        "p95_ms": one[1],
        "per_s": 1000 / one[0],
        "of_bare": 1.0,
    }
    yield {
        "network": f"{arch} {size}",
        "protocol": f"bare, batch of {batch}",
        "clients": "",
        "p50_ms": "",
        "p95_ms": "",
        "per_s": median(batched),
        "of_bare": "",
    }
    for (protocol, clients), (latencies, rates) in cells.items():
        low, high = np.percentile(latencies, [50, 95]) * 1000
        yield {
            "network": f"{arch} {size}",
            "protocol": protocol,
            "clients": clients,
            "p50_ms": low,
            "p95_ms": high,
            "per_s": median(rates),
            "of_bare": median(rates) / best,
        }


def show(rows):
    columns = ("network", "protocol", "clients", "p50_ms", "p95_ms", "per_s", "of_bare")
    print("| " + " | ".join(columns) + " |")
    print("|" + "---|" * len(columns))
    for row in rows:
        cells = (row[column] for column in columns)
        texts = (
            f"{cell:.4g}" if isinstance(cell, float) else str(cell) for cell in cells
        )
        print("| " + " | ".join(texts) + " |", flush=True)


def memory(requests):
    """Prints the server's resident memory after each tenth of the requests."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        in_child("--make", "cnn3d", _MEMORY_SIZE, folder)
        records = read_records(folder)
        with served(folder) as (server, addresses):
            print(f"0 requests: {resident_mb(server.pid)} MB")
            for tenth in range(1, 11):
                protocol = "grpc" if tenth % 2 else "rest"
                asked(
                    protocol,
                    addresses[protocol],
                    records,
                    _MEMORY_CLIENTS,
                    seconds=0,
                    requests=requests // 10,
                )
                done = tenth * requests // 10
                print(f"{done} requests: {resident_mb(server.pid)} MB", flush=True)


def parsed():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--architectures", nargs="+", default=["resnet3d18", "inception"]
    )
    parser.add_argument("--sizes", nargs="+", type=int, default=[64, 128])
    parser.add_argument("--clients", nargs="+", type=int, default=[1, 8, 32])
    parser.add_argument("--protocols", nargs="+", default=["grpc", "rest"])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--memory", type=int, metavar="REQUESTS")
    parser.add_argument("--make", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--bare", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args()


def main():
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # children and the server too
    options = parsed()
    if options.make:
        arch, size, folder = options.make
        make(arch, int(size), Path(folder))
    elif options.bare:
        folder, batch, seconds = options.bare
        bare(Path(folder), int(batch), float(seconds))
    elif options.memory:
        memory(options.memory)
    else:
        for arch in options.architectures:
            for size in options.sizes:
                show(measured(arch, size, options))


if __name__ == "__main__":
    main()
