"""Samples as requests to every signature that takes them, and their answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef, TensorInfo

from pipelines.errors import UsageError
from zoo.serving.gate.loading import Answer, Request
from zoo.serving.gate.refusal import Refusal

Arrays = Mapping[str, np.ndarray]
EXAMPLES, REQUEST = "examples", "request"  # inputs of strings
_NUMBERS = "fiub"  # kinds of NumPy: with fractions, integers, without a sign, yes or no


@dataclass(frozen=True, kw_only=True, eq=False)
class Asked:
    """A request and what is known of its answer.

    Args:
        request: what is asked.
        rows: which of the samples it holds; none = it is no request of samples.
        expected: outputs by name.
    """

    request: Request
    rows: tuple[int, ...]
    expected: Arrays


def samples(
    examples: Sequence[bytes], volumes: Arrays, expected: Arrays
) -> dict[str, np.ndarray]:
    """The samples by names of inputs; none if there are neither examples nor volumes.

    Raises:
        UsageError: unequal numbers of them.
    """
    numbers = {EXAMPLES: len(examples)} if examples or not volumes else {}
    numbers |= {name: len(values) for name, values in {**volumes, **expected}.items()}
    if len({*numbers.values()}) > 1:
        raise UsageError(
            "examples, volumes and what is expected of them are equally many. "
            f"Received: {numbers}"
        )
    number = max(numbers.values())
    if not number:
        return {}
    own = {EXAMPLES: np.array([*examples, None], object)[:-1]} if examples else {}
    return {**own, REQUEST: np.full(number, b"", object), **volumes}


def of_samples(
    given: Arrays, expected: Arrays, signatures: Mapping[str, SignatureDef]
) -> Iterator[Asked]:
    """Of each signature that takes them: the first, the last, and all at once."""
    if not given:
        return
    everyone = tuple(range(len(given[REQUEST])))
    batches = dict.fromkeys((everyone[:1], everyone[-1:], everyone))
    for name, signature in signatures.items():
        if not signature.inputs or not given.keys() >= set(signature.inputs):
            continue
        for rows in batches:
            chosen = list(rows)
            yield Asked(
                request=Request(
                    signature=name,
                    inputs={key: given[key][chosen] for key in signature.inputs},
                ),
                rows=rows,
                expected={
                    key: np.asarray(expected[key])[chosen]
                    for key in signature.outputs
                    if key in expected
                },
            )


def of_numbers(signatures: Mapping[str, SignatureDef]) -> Iterator[Asked]:
    """Made-up numbers for the signatures, one sample and two at once.

    Those that take texts, or sizes that the signature leaves open behind the first,
    can't be asked so: nobody but their maker knows what they understand.
    """
    for name, signature in signatures.items():
        inputs = {key: _numbers(info) for key, info in signature.inputs.items()}
        if not inputs or any(values is None for values in inputs.values()):
            continue
        for rows in ((0,), (0, 1)):
            chosen = {key: values[list(rows)] for key, values in inputs.items()}
            request = Request(signature=name, inputs=chosen)
            yield Asked(request=request, rows=rows, expected={})


def _numbers(info: TensorInfo) -> np.ndarray | None:
    """Two samples of one input, from 0 to 1, `[2, ...]`.

    None where it takes something else, other numbers than NumPy has (bfloat16), or
    sizes that are not known.
    """
    dtype = np.dtype(tf.as_dtype(info.dtype).as_numpy_dtype)
    shape = tf.TensorShape(info.tensor_shape)
    if dtype.kind not in _NUMBERS:
        return None
    if not shape.rank or shape[0] is not None or not shape[1:].is_fully_defined():
        return None
    values = np.random.default_rng(0).random((2, *shape[1:].as_list()))
    return (values if dtype.kind == "f" else values.round()).astype(dtype)


def never_answered(asked: Sequence[Asked], expected: Arrays) -> list[Refusal]:
    """What is expected and that no signature gives."""
    answered = {name for one in asked for name in one.expected}
    return [
        Refusal(
            problem=f"no signature that takes the samples has an output {name}",
            cure="Export it with every output that the run has",
        )
        for name in expected
        if name not in answered
    ]


def of_warm_up(request: Request) -> Asked:
    """A request of which only is known that it is answered."""
    return Asked(request=request, rows=(), expected={})


def wanted(asked: Sequence[Asked], answers: Sequence[Answer]) -> list[Arrays]:
    """What each request is to get: of outputs not expected, as in the largest batch."""
    largest = {}
    for one, answer in zip(asked, answers, strict=True):
        if len(one.rows) > 1 and not answer.error:
            largest[one.request.signature] = answer.outputs
    return [
        {
            name: values[list(one.rows)]
            for name, values in largest.get(one.request.signature, {}).items()
            if one.rows and len(values) > max(one.rows)
        }
        | one.expected
        for one in asked
    ]


def roundings(
    asked: Sequence[Asked], of_samples: Callable[[], np.ndarray] | None
) -> list[Callable[[], np.ndarray] | None]:
    """For each request that of its samples, `[B]`, from that of all of them, `[N]`."""

    def of_rows(rows: tuple[int, ...]) -> Callable[[], np.ndarray]:
        return lambda: of_samples()[list(rows)]

    return [
        of_rows(one.rows) if of_samples is not None and one.rows else None
        for one in asked
    ]
