"""Whether a server would serve a SavedModel, with the numbers that are expected."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef

from pipelines.errors import UsageError
from zoo.serving.gate import (
    comparison,
    described_samples,
    loading,
    sample_requests,
    static_check,
    warm_up_requests,
)
from zoo.serving.gate.loading import Loaded
from zoo.serving.gate.refusal import Refusal
from zoo.serving.gate.report import GateReport, Run
from zoo.serving.gate.sample_requests import Asked
from zoo.serving.model_root import folder

# What TensorFlow raises of files that are cut off, changed or not there; of operations
# that it does not know it raises one of these too.
_OF_FILES = ("DataLossError", "OutOfRangeError", "NotFoundError", "OSError")
_UNKNOWN_OPERATION = "Op type not registered"
TOLERANCE = 1e-5  # of float32, absolute and relative


def check(
    directory: Path,
    *,
    examples: Sequence[bytes] = (),
    volumes: Mapping[str, np.ndarray] | None = None,
    expected: Mapping[str, np.ndarray] | None = None,
    tolerance: float = TOLERANCE,
    rounding: Callable[[], np.ndarray] | None = None,
    python: str | None = None,
    on_gpu: bool = False,
) -> GateReport:
    """Reads the graph, then loads it in fresh processes and asks every signature.

    A graph that is refused is not loaded. Signatures are asked by the samples, if they
    take nothing else, the first, the last and all at once, and by the SavedModel's
    warm-up requests; those that neither asks by made-up samples of the task that the
    model describes, or by made-up numbers of the sizes that it takes. What can't be
    asked so is told as `not_run`.

    Args:
        examples: serialized records, N; what a signature takes as `examples`.
        volumes: the same ones by further names of inputs, `[N, ...]`, see
            `zoo.prediction.decoded_records`; records of several tasks too.
        expected: what is to be answered to them, by the name of the output,
            `[N, ...]`; outputs of other names are to be the same in any batch.
        tolerance: of numbers, absolute and relative; texts are equal.
        rounding: of the samples what changes of the last bit of the weights change of
            `features`, `[N]`, see `comparison.differences`; none = not known.
        python: path of another Python to load it by as well, with the TensorFlow of
            the pinned server.
        on_gpu: whether it runs on the machine's GPU, which rounds otherwise than a CPU
            but can compute what a CPU can't, float16 poolings.

    Raises:
        DataError: no SavedModel, or a process that can't be run or dies.
        UsageError: another TensorFlow in `python`, or samples of unequal numbers.
    """
    directory = Path(directory)
    samples = sample_requests.samples(examples, volumes or {}, expected or {})
    graph, refused, warnings = static_check.check(directory)
    warm_up = warm_up_requests.read(directory)
    if graph is not None:
        refused += warm_up_requests.refusals(warm_up, graph.signatures)
    if refused:
        return GateReport(
            directory=directory, refusals=tuple(refused), warnings=tuple(warnings)
        )
    asked = [
        *sample_requests.of_samples(samples, expected or {}, graph.signatures),
        *map(sample_requests.of_warm_up, warm_up_requests.smallest(warm_up)),
    ]
    asked += _made_up(directory, asked, graph.signatures)
    refused += sample_requests.never_answered(asked, expected or {})
    requests, runs = [one.request for one in asked], []
    for interpreter in (None, python) if python else (None,):
        loaded = loading.load(directory, requests, python=interpreter, on_gpu=on_gpu)
        if interpreter is not None:
            _check_version(loaded.tensorflow, interpreter)
        faults, run = _verdict(asked, loaded, tolerance, rounding)
        refused += faults
        runs.append(run)
    return GateReport(
        directory=directory,
        refusals=tuple(dict.fromkeys(refused)),
        warnings=tuple(warnings),
        runs=tuple(runs),
        not_run=tuple(_unasked(asked, graph.signatures)),
    )


def _made_up(
    directory: Path, asked: Sequence[Asked], signatures: Mapping[str, SignatureDef]
) -> list[Asked]:
    """Requests to the signatures that nothing asks yet, as far as can be."""
    left = _unasked(asked, signatures)
    if not left:
        return []
    samples = described_samples.samples(directory, signatures)
    made_up = [*sample_requests.of_samples(samples, {}, left)]
    left = _unasked(made_up, left)
    return [*made_up, *sample_requests.of_numbers(left)]


def _unasked(
    asked: Sequence[Asked], signatures: Mapping[str, SignatureDef]
) -> dict[str, SignatureDef]:
    names = {one.request.signature for one in asked}
    return {name: signatures[name] for name in signatures if name not in names}


def _verdict(
    asked: Sequence[Asked],
    loaded: Loaded,
    tolerance: float,
    rounding: Callable[[], np.ndarray] | None,
) -> tuple[list[Refusal], Run]:
    requests = [one.request for one in asked]
    by = f"TensorFlow {loaded.tensorflow} with XLA off"
    if loaded.error:
        fault = Refusal(
            problem=f"{by} can't load it: {loaded.error}",
            cure=_cure(loaded.error),
        )
        return [fault], Run(
            tensorflow=loaded.tensorflow, signatures={}, largest_differences={}
        )
    faults = comparison.failures(requests, loaded.answers, by)
    wanted = sample_requests.wanted(asked, loaded.answers)
    unequal, largest = comparison.differences(
        requests,
        loaded.answers,
        wanted,
        tolerance,
        sample_requests.roundings(asked, rounding),
    )
    answered = {}
    for request, answer in zip(requests, loaded.answers, strict=True):
        answered[request.signature] = answered.get(request.signature, 0) + (
            not answer.error
        )
    return faults + unequal, Run(
        tensorflow=loaded.tensorflow, signatures=answered, largest_differences=largest
    )


def _cure(error: str) -> str:
    """What helps against an error of loading, by its kind in TensorFlow's words."""
    kind = error.partition(":")[0]
    if kind in _OF_FILES and _UNKNOWN_OPERATION not in error:
        return "Its files are damaged or not whole: copy it again, or export it anew"
    return "Export it again, by operations that this version knows"


def _check_version(tensorflow: str, python: str) -> None:
    pinned = folder.server_version()
    if tensorflow.split(".")[:2] != pinned.split(".")[:2]:
        raise UsageError(
            f"{python} has TensorFlow {tensorflow}, and the pinned server is "
            f"{pinned}: install tensorflow=={'.'.join(pinned.split('.')[:2])}.* there"
        )
