"""What a data set knows of its samples beside the target, column by column."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.records.manifest import Row
from pipelines.tasks.task import Task

SEVERAL = "several"  # of a patient whose samples differ
# In tesla; scanners give e.g. 1.494 and 2.8936.
_NOMINAL = (0.2, 0.35, 0.55, 1.0, 1.5, 3.0, 7.0)
_NEAR = 0.05  # share of the nominal strength


@dataclass(frozen=True, kw_only=True, eq=False)
class Column:
    """One fact of N samples or patients.

    Args:
        name: as people ask for it.
        values: `[N]`, numbers, or places in `levels`; NaN = not known.
        levels: of a categorical one; empty = a number.
    """

    name: str
    values: np.ndarray
    levels: tuple[str, ...] = ()

    @property
    def known(self) -> np.ndarray:
        """Whether each value is known, bool `[N]`."""
        return ~np.isnan(self.values)

    def take(self, rows: Sequence[int] | np.ndarray) -> "Column":
        """These rows, in this order."""
        values = self.values[np.asarray(rows, int)]
        return Column(name=self.name, values=values, levels=self.levels)


def categorical(name: str, texts: Iterable[str]) -> Column:
    """A column of words; "" = not known, the levels in the order of the alphabet."""
    texts = list(texts)
    levels = tuple(sorted({*texts} - {""}))
    place = {level: float(number) for number, level in enumerate(levels)}
    values = np.array([place.get(text, math.nan) for text in texts], np.float64)
    return Column(name=name, values=values, levels=levels)


def as_category(column: Column) -> Column:
    """A number that is 0 or 1 wherever it is known as a category of the two."""
    known = column.values[column.known]
    if column.levels or not len(known) or not np.isin(known, (0, 1)).all():
        return column
    return Column(name=column.name, values=column.values, levels=("0", "1"))


def nominal_field_strength(tesla: float | None) -> str:
    """The strength that a scanner is sold by, "" where it is not known.

    >>> nominal_field_strength(2.8936)
    '3 T'
    """
    if tesla is None:
        return ""
    for strength in _NOMINAL:
        if abs(tesla - strength) <= _NEAR * strength:
            return f"{strength:g} T"
    return f"{tesla:g} T"


FACTS: Mapping[str, Callable[[Row], str]] = {
    "vendor": lambda row: row.vendor,
    "field_strength": lambda row: nominal_field_strength(row.field_strength_t),
    "site": lambda row: row.site,
    "sex": lambda row: row.sex,
    "age_band": lambda row: row.age_band,
}


def columns_of(rows: Sequence[Row], task: Task) -> dict[str, Column]:
    """Every column of a manifest by its name: the covariates, then header facts.

    A header fact that a covariate has the name of is left out: the label file is
    closer to the study than the header.
    """
    columns = {}
    for place, name in enumerate(task.covariates):
        values = np.array([row.covariates[place] for row in rows], np.float64)
        levels = task.covariate_levels.get(name, ())
        columns[name] = Column(name=name, values=values, levels=levels)
    taken = {name.casefold() for name in columns}
    for name, fact in FACTS.items():
        if name not in taken:
            columns[name] = categorical(name, map(fact, rows))
    return columns


def by_patient(column: Column, patient_ids: Sequence[str]) -> Column:
    """One value a patient, by ascending patient_id.

    The mean of the numbers that are known; of words the one that all samples that know
    one share, else the level `several`.
    """
    patients, index = np.unique(np.array(patient_ids), return_inverse=True)
    known = column.known
    values = np.full(len(patients), math.nan)
    levels = column.levels
    for patient in range(len(patients)):
        there = column.values[(index == patient) & known]
        if not len(there):
            continue
        if not levels:
            values[patient] = there.mean()
        elif (there == there[0]).all():
            values[patient] = there[0]
        else:
            values[patient] = len(column.levels)
    if levels and (values == len(levels)).any():
        levels = (*levels, SEVERAL)
    return Column(name=column.name, values=values, levels=levels)
