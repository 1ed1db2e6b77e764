"""Which series of a source fulfil a condition: the matcher, asked once for each fact.

A cohort has thousands of series, and rules are sought among hundreds of conditions.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import fields
from functools import reduce

import numpy as np

from pipelines.cohort.maps import acquired_b_value
from pipelines.cohort.sequence_matching import fulfils
from pipelines.drafting.conditions import Condition
from pipelines.readers.dicom.headers import Series
from pipelines.tasks.sequence import Match

# What of a header a condition looks at.
_FACTS: dict[str, Callable[[Series], Hashable]] = {
    "modality": lambda series: series.modality,
    "description": lambda series: series.description,
    "image_type": lambda series: series.image_type,
    "b_value": acquired_b_value,
    "diffusion": lambda series: series.b_value is None,
    "contrast": lambda series: bool(series.contrast_agent.strip()),
    "echo_time_ms": lambda series: series.echo_time_ms,
    "repetition_time_ms": lambda series: series.repetition_time_ms,
    "inversion_time_ms": lambda series: series.inversion_time_ms,
    "plane": lambda series: series.plane,
    "phase": lambda series: (series.phase, series.phases),
    "scan_options": lambda series: series.scan_options,
    "scanning_sequence": lambda series: series.scanning_sequence,
}


class HeaderIndex:
    """The series of all studies, each at its place.

    Args:
        studies: the series of each.
    """

    def __init__(self, studies: Mapping[str, Sequence[Series]]):
        self.series = [one for group in studies.values() for one in group]
        self.places: dict[str, range] = {}
        first = 0
        for study, group in studies.items():
            self.places[study] = range(first, first + len(group))
            first += len(group)
        self._facts: dict[str, tuple[list[Series], np.ndarray]] = {}
        self._taken: dict[Condition, np.ndarray] = {}

    def takes(self, condition: Condition) -> np.ndarray:
        """Bool `[N]`: which series fulfil it."""
        if condition not in self._taken:
            name, value = condition
            examples, codes = self._different(name.removeprefix("not_"))
            said = [_fulfils(one, name, value) for one in examples]
            self._taken[condition] = np.array(said, bool)[codes]
        return self._taken[condition]

    def all_of(self, conditions: Sequence[Condition]) -> np.ndarray:
        """Bool `[N]`: which series fulfil all of them."""
        everything = np.ones(len(self.series), bool)
        return reduce(np.logical_and, map(self.takes, conditions), everything)

    def any_rule(self, rules: Sequence[Match]) -> np.ndarray:
        """Bool `[N]`: which series one of the rules takes."""
        nothing = np.zeros(len(self.series), bool)
        taken = (self.all_of(conditions_of(rule)) for rule in rules)
        return reduce(np.logical_or, taken, nothing)

    def _different(self, fact: str) -> tuple[list[Series], np.ndarray]:
        """One series of each value of a fact, and which of these each series is."""
        if fact not in self._facts:
            codes: dict[Hashable, int] = {}
            examples, coded = [], []
            for one in self.series:
                value = _FACTS[fact](one)
                if value not in codes:
                    codes[value] = len(examples)
                    examples.append(one)
                coded.append(codes[value])
            self._facts[fact] = examples, np.array(coded, int)
        return self._facts[fact]


def conditions_of(rule: Match) -> list[Condition]:
    """What a rule asks, one by one; its modality always."""
    return [
        (field.name, getattr(rule, field.name))
        for field in fields(rule)
        if field.name == "modality"
        or (field.name != "prefer" and getattr(rule, field.name) != field.default)
    ]


def _fulfils(series: Series, name: str, value: object) -> bool:
    """Whether the condition alone holds: the modality is asked by its own."""
    if name == "modality":
        return series.modality in ("", value)
    rule = Match(**{"modality": series.modality or "MR", name: value})
    return fulfils(series, rule)
