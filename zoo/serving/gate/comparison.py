"""What signatures answered, held to what they should and to each other."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from zoo.serving.gate.loading import Answer, Request
from zoo.serving.gate.refusal import Refusal

_VECTOR = "features"
_ROUNDINGS = 2  # so often what the last bits of the weights change is rounding
_MOST_ROUNDING = 1e-3  # a share of the vector's largest: half precision is more
_RUN_CURE = "Export it by the software that the server runs, or in another form"
_EQUAL_CURE = (
    "Export it anew and say so to whoever maintains the software: the served model "
    "may not answer other than the run"
)

Rounding = Callable[[], np.ndarray]


def batch_of(request: Request) -> int:
    """The number of samples asked about."""
    return max(
        (len(array) for array in request.inputs.values() if array.ndim), default=0
    )


def failures(
    requests: Sequence[Request], answers: Sequence[Answer], by: str
) -> list[Refusal]:
    """Requests that got an error, or outputs without the batch: each fault once.

    Args:
        by: what ran them, for people.
    """
    faults = {}
    for request, answer in zip(requests, answers, strict=True):
        problems = list(_without_batch(answer, batch_of(request)))
        if answer.error:
            problems = [f"it fails in {by}: {answer.error}"]
        for problem in problems:
            faults[request.signature, problem] = Refusal(
                problem=problem, cure=_RUN_CURE, signatures=(request.signature,)
            )
    return list(faults.values())


def differences(
    requests: Sequence[Request],
    answers: Sequence[Answer],
    expected: Sequence[Mapping[str, np.ndarray]],
    tolerance: float,
    roundings: Sequence[Rounding | None] | None = None,
) -> tuple[list[Refusal], dict[str, float]]:
    """Outputs that are other than they should be.

    Args:
        expected: of each request, outputs by name; names that it doesn't have are
            not compared, nor are texts and numbers that are None.
        tolerance: absolute and relative, of numbers; texts and integers are equal. Of
            the signature `features`, whose numbers are one vector a sample, it is a
            share of the vector's largest, or of 1 where that is less: its small
            entries are rounded by what its large ones are rounded by.
        roundings: of each request to `features` what changes of the last bit of the
            weights change of each vector, such shares `[B]`; asked where the tolerance
            alone does not do. Twice that is rounding, up to 1e-3. None = not known.

    Returns:
        What is refused, and by `signature/output` of numbers the largest difference
        as a share of the number that is expected, or of 1 where that is less; of
        `features` as a share as above.
    """
    refused, largest = {}, {}
    roundings = roundings or [None] * len(requests)
    for request, answer, wanted, rounding in zip(
        requests, answers, expected, roundings, strict=True
    ):
        for name in sorted(wanted.keys() & answer.outputs.keys()):
            key = f"{request.signature}/{name}"
            problem, share = _compared(
                answer.outputs[name],
                np.asarray(wanted[name]),
                tolerance,
                is_vector=request.signature == _VECTOR,
                rounding=rounding,
            )
            if share is not None:
                largest[key] = max(largest.get(key, 0.0), share)
            if problem:
                size = batch_of(request)
                refused[key] = Refusal(
                    problem=f"its output {name} of a batch of {size} {problem}",
                    cure=_EQUAL_CURE,
                    signatures=(request.signature,),
                )
    return list(refused.values()), largest


def _without_batch(answer: Answer, size: int) -> Iterator[str]:
    for name, values in answer.outputs.items():
        shape = np.shape(values)
        if shape[:1] != (size,):
            yield (
                f"its output {name} is {list(shape)} for a batch of {size}, which has "
                "to be the first size"
            )


def _compared(
    answered: np.ndarray,
    wanted: np.ndarray,
    tolerance: float,
    *,
    is_vector: bool,
    rounding: Rounding | None,
) -> tuple[str, float | None]:
    """What is wrong, "" if nothing; and of numbers the largest share."""
    if answered.shape != wanted.shape or answered.dtype.kind != "f":
        return _other(answered, wanted), None
    if is_vector:
        return _other_vectors(answered, wanted, tolerance, rounding)
    return _other_numbers(answered, wanted, tolerance)


def _other(answered: np.ndarray, wanted: np.ndarray) -> str:
    """What is wrong with texts, integers or the shape; "" if nothing."""
    if answered.shape != wanted.shape:
        return f"has the shape {list(answered.shape)}, not {list(wanted.shape)}"
    held = np.not_equal(wanted.astype(object), None)
    unequal = np.count_nonzero((_texts(answered) != _texts(wanted)) & held)
    return f"is another in {unequal} of {answered.size} places" if unequal else ""


def _other_numbers(
    answered: np.ndarray, wanted: np.ndarray, tolerance: float
) -> tuple[str, float]:
    """What is wrong, "" if nothing; and the largest share that one is off by."""
    if wanted.dtype.kind == "O":
        held = np.not_equal(wanted, None)
        answered, wanted = answered[held], wanted[held].astype(answered.dtype)
    distances = np.abs(answered - wanted)
    share = _largest(distances / np.maximum(np.abs(wanted), 1.0))
    if np.allclose(answered, wanted, rtol=tolerance, atol=tolerance):
        return "", share
    return (
        f"differs by {_largest(distances):.3g}, at most {tolerance:.3g} and "
        f"{tolerance:.3g} of the value are allowed",
        share,
    )


def _other_vectors(
    answered: np.ndarray,
    wanted: np.ndarray,
    tolerance: float,
    rounding: Rounding | None,
) -> tuple[str, float]:
    """The same of vectors `[B, ...]`, each by its largest number."""
    within = tuple(range(1, wanted.ndim))
    sizes = np.max(np.abs(wanted), axis=within, initial=1.0)
    shares = np.max(np.abs(answered - wanted), axis=within, initial=0.0) / sizes
    allowed = np.full_like(shares, tolerance)
    if rounding is not None and not np.all(shares <= allowed):
        most = max(tolerance, _MOST_ROUNDING)
        allowed = np.clip(_ROUNDINGS * rounding(), tolerance, most)
    within_rounding = shares <= allowed  # never where a number is none
    if within_rounding.all():
        return "", _largest(shares)
    other = np.argmin(within_rounding)  # the first of them
    return (
        f"differs by {shares[other]:.3g} of a vector's largest value or of 1, at most "
        f"{allowed[other]:.3g} is allowed",
        _largest(shares),
    )


def _largest(values: np.ndarray) -> float:
    return float(np.max(values, initial=0.0))


def _texts(values: np.ndarray) -> np.ndarray:
    """Texts as bytes, whether they are so or not; numbers and None as they are."""
    if values.dtype.kind == "U":
        return np.char.encode(values, "utf-8").astype(object)
    if values.dtype.kind == "O":
        encoded = [x.encode() if isinstance(x, str) else x for x in values.flat]
        return np.array(encoded, object).reshape(values.shape)
    return values
