"""The gate before a version gets its number: it is loaded and asked as by a server."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from zoo.serving.exporting import near_thresholds, near_ties
from zoo.serving.exporting.difference import Answers
from zoo.serving.exporting.held_to import HeldTo
from zoo.serving.gate import check

# In half precision the same record may be rounded otherwise in a batch of another size.
TOLERANCES = {"float32": check.TOLERANCE, "bfloat16": 0.03, "float16": 0.01}


def hold(
    directory: Path,
    held_to: HeldTo,
    answers: Answers,
    texts: Mapping[str, str],
    *,
    precision: str,
    server_python: str | None,
    rounding: Callable[[], np.ndarray] | None = None,
) -> check.GateReport:
    """Has a fresh process with XLA off load a version and ask all its signatures.

    Args:
        held_to: the records.
        answers: what is to be answered to them; what a rounding decides is not
            compared, see `near_ties` and `near_thresholds`.
        texts: what `describe` is to answer, by name.
        precision: of the networks' arithmetic.
        server_python: a Python that loads it as well; none = this one alone.
        rounding: of the records, see `zoo.serving.exporting.last_bits`; none = the
            tolerance is enough.

    Returns:
        What was found; nothing of it is a refusal.

    Raises:
        DataError: what a server would refuse, or other answers.
    """
    number = len(held_to.examples.records)
    described = {name: np.array([text] * number) for name, text in texts.items()}
    tolerance = TOLERANCES[precision]
    targets, stages = held_to.run.target_outputs, held_to.stages
    held = near_ties.without(answers, targets[bool(stages) :], tolerance)
    if stages:  # the main target's label is theirs
        held = near_thresholds.without(held, stages, held_to.each, tolerance)
    report = check.check(
        directory,
        examples=held_to.examples.records,
        volumes=held_to.volumes,
        expected={**held, **described},
        tolerance=tolerance,
        rounding=rounding,
        python=server_python,
        on_gpu=precision == "float16",
    )
    report.require_passed()
    return report
