"""How a channel is computed from others: the expression of a task file, read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

_OF_TWO = re.compile(r"(?P<first>.+?)\s+(?P<operation>[-/])\s+(?P<second>.+)")
_FIT = re.compile(r"(?P<operation>adc|adc_residual)\s*\((?P<sources>[^()]*)\)")
_FEWEST = {"adc": 2, "adc_residual": 3}  # two points always lie on a line


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """A difference or a ratio of two sequences, or a fit over b-values.

    Args:
        operation: `"-"`, `"/"`, `"adc"` or `"adc_residual"`.
        sources: two of the first ones, in their order; of a fit two or more, of its
            residual three or more.
    """

    operation: Literal["-", "/", "adc", "adc_residual"]
    sources: tuple[str, ...]

    @property
    def is_fit(self) -> bool:
        """Whether it wants the b-value of every source."""
        return self.operation in _FEWEST


def parse(expression: str) -> Derivation:
    """Reads `"A - B"`, `"A / B"`, `"adc(A, B)"` or `"adc_residual(A, B, C)"`.

    Raises:
        ValueError: it says something else, names a sequence twice, or a fit has too few
            of them.
    """
    fit = _FIT.fullmatch(expression.strip())
    if fit is not None:
        names = tuple(name.strip() for name in fit["sources"].split(","))
        return _fit(fit["operation"], names, expression)
    match = _OF_TWO.fullmatch(expression.strip())
    if match is None or match["first"] == match["second"]:
        raise ValueError(
            "derive is a difference or a ratio of two different sequences, with spaces "
            "around the sign: 'A - B' or 'A / B'; or a fit over b-values, "
            "'adc(A, B, C)' or 'adc_residual(A, B, C)', of sequences without brackets "
            f"or commas in their names. Received: {expression!r}"
        )
    return Derivation(
        operation=match["operation"], sources=(match["first"], match["second"])
    )


def _fit(operation: str, names: tuple[str, ...], expression: str) -> Derivation:
    fewest = _FEWEST[operation]
    if not all(names) or len({*names}) < max(fewest, len(names)):
        why = ": fewer leave no residual" if operation == "adc_residual" else ""
        raise ValueError(
            f"{operation}(...) is of {fewest} or more different sequences, one a "
            f"b-value, with commas between them{why}. Received: {expression!r}"
        )
    return Derivation(operation=operation, sources=names)


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


def check_b_values(derived: Mapping[str, str], stated: Mapping[str, float]) -> None:
    """Refuses a fit over b-values of which the task file states one twice.

    Args:
        derived: expression by name.
        stated: b-value by sequence, in s/mm2.

    Raises:
        ValueError: two sources of a fit have one b-value.
    """
    for name, expression in derived.items():
        derivation = parse(expression)
        known = {s: stated[s] for s in derivation.sources if s in stated}
        if derivation.is_fit and len({*known.values()}) < len(known):
            raise ValueError(
                f"{name} is fitted over different b-values, one for each source. "
                f"Received: {known}"
            )
