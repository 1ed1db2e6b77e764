"""How a channel is computed from others: the expression of a task file, read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

_FORM = re.compile(r"(?P<first>.+?)\s+(?P<operation>[-/])\s+(?P<second>.+)")


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """A difference or a ratio of two sequences.

    Args:
        operation: `"-"` or `"/"`.
        sources: the two, in their order.
    """

    operation: Literal["-", "/"]
    sources: tuple[str, str]


def parse(expression: str) -> Derivation:
    """Reads `"A - B"` or `"A / B"`, with spaces around the sign.

    Raises:
        ValueError: it says something else.
    """
    match = _FORM.fullmatch(expression.strip())
    if match is None or match["first"] == match["second"]:
        raise ValueError(
            "derive is a difference or a ratio of two different sequences, with spaces "
            f"around the sign: 'A - B' or 'A / B'. Received: {expression!r}"
        )
    return Derivation(
        operation=match["operation"], sources=(match["first"], match["second"])
    )


def check(derived: Mapping[str, str], acquired: Sequence[str], unit: str) -> None:
    """Holds the derived sequences of a task against those they come from.

    Args:
        derived: expression by name.
        acquired: names of the sequences that are not derived.

    Raises:
        ValueError: a source that is derived itself or that the task has not; a task of
            series, or of derived sequences alone.
    """
    if derived and (unit != "study" or not acquired):
        raise ValueError(
            "derive is for a study that has other sequences. "
            f"Received: unit={unit!r}, derived {list(derived)} of {list(acquired)}"
        )
    for name, expression in derived.items():
        unknown = [s for s in parse(expression).sources if s not in acquired]
        if unknown:
            raise ValueError(
                f"{name} is derived from sequences that the task has and that are not "
                f"derived themselves: {list(acquired)}. Received: {unknown} in "
                f"{expression!r}"
            )
