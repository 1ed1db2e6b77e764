"""What signatures answered, held to what they should and to each other."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from zoo.serving.gate.loading import Answer, Request
from zoo.serving.gate.refusal import Refusal

_VECTOR = "features"
_RUN_CURE = "Export it by the software that the server runs, or in another form"
_EQUAL_CURE = (
    "Export it anew and say so to whoever maintains the software: the served model "
    "may not answer other than the run"
)


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
) -> tuple[list[Refusal], dict[str, float]]:
    """Outputs that are other than they should be.

    Args:
        expected: of each request, outputs by name; names that it doesn't have are
            not compared, nor are texts and numbers that are None.
        tolerance: absolute and relative, of numbers; texts and integers are equal. Of
            the signature `features`, whose numbers are one vector, it is a share of
            the vector's largest where that is above 1: another version of TensorFlow
            rounds its small entries by what its large ones are rounded by.

    Returns:
        What is refused, and by `signature/output` of numbers the largest absolute
        difference.
    """
    refused, largest = {}, {}
    for request, answer, wanted in zip(requests, answers, expected, strict=True):
        for name in sorted(wanted.keys() & answer.outputs.keys()):
            key = f"{request.signature}/{name}"
            scale = _scale(wanted[name]) if request.signature == _VECTOR else 1.0
            problem, distance = _other(
                answer.outputs[name], wanted[name], tolerance, scale
            )
            if distance is not None:
                largest[key] = max(largest.get(key, 0.0), distance)
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


def _scale(values: np.ndarray) -> float:
    """The largest absolute value, or 1 where that is less."""
    return float(np.max(np.abs(values), initial=1.0))


def _other(
    answered: np.ndarray, wanted: np.ndarray, tolerance: float, scale: float
) -> tuple[str, float | None]:
    """What is wrong, "" if nothing; and of numbers the largest absolute difference."""
    wanted = np.asarray(wanted)
    if answered.shape != wanted.shape:
        return f"has the shape {list(answered.shape)}, not {list(wanted.shape)}", None
    held = np.not_equal(wanted.astype(object), None)
    if answered.dtype.kind != "f":
        unequal = np.count_nonzero((_texts(answered) != _texts(wanted)) & held)
        if not unequal:
            return "", None
        return f"is another in {unequal} of {answered.size} places", None
    if not held.all():
        answered, wanted = answered[held], wanted[held].astype(answered.dtype)
    distance = float(np.max(np.abs(answered - wanted), initial=0.0))
    absolute = tolerance * scale
    if np.allclose(answered, wanted, rtol=tolerance, atol=absolute):
        return "", distance
    return (
        f"differs by {distance:.3g}, at most {absolute:.3g} and {tolerance:.3g} of the "
        "value are allowed",
        distance,
    )


def _texts(values: np.ndarray) -> np.ndarray:
    """Texts as bytes, whether they are so or not; numbers and None as they are."""
    if values.dtype.kind == "U":
        return np.char.encode(values, "utf-8").astype(object)
    if values.dtype.kind == "O":
        encoded = [x.encode() if isinstance(x, str) else x for x in values.flat]
        return np.array(encoded, object).reshape(values.shape)
    return values
