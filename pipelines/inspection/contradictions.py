"""Where the header of a study and its row in the label file are of two people."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.privacy.privacy import age_band
from pipelines.records.manifest import Row
from pipelines.tasks.task import Task

_SEX_WORDS = {
    "M": ("m", "male", "man", "männlich", "homme", "男"),
    "F": ("f", "female", "woman", "w", "weiblich", "femme", "女"),
}
_SEX_NAMES = ("sex", "gender")
_AGE_NAMES = ("age", "age_years", "age_at_scan")
_YEARS_BETWEEN = 1.0  # the table's age may be of another day than the header's


@dataclass(frozen=True, kw_only=True)
class Person:
    """What header and table say of whose study it is.

    Args:
        name: of the study: its pseudonym, or for the terminal the user's own ids.
        sex, age_band: of the header, "" = not known.
        covariates: of the table, in the order of the task, NaN = not known.
    """

    name: str
    sex: str
    age_band: str
    covariates: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Contradiction:
    """One study whose header and table differ.

    Args:
        column: of the label file.
        header, table: what they say.
    """

    name: str
    column: str
    header: str
    table: str

    @property
    def text(self) -> str:
        """One line."""
        return (
            f"{self.name}: {self.column} is {self.table} in the label file and "
            f"{self.header} in the header"
        )


def contradictions(persons: Iterable[Person], task: Task) -> list[Contradiction]:
    """Sex and age, where the task has covariates of such names.

    A sex is compared where its level is a word for one (not where it is a number), an
    age where it lies a year or more outside the header's decade.
    """
    return [found for person in persons for found in _of_person(person, task)]


def of_rows(rows: Iterable[Row]) -> list[Person]:
    """Whose the records of a data set are, by pseudonym."""
    return [
        Person(
            name=row.sample_id,
            sex=row.sex,
            age_band=row.age_band,
            covariates=row.covariates,
        )
        for row in rows
    ]


def text(persons: Iterable[Person], task: Task) -> str:
    """How many contradictions there are, then each on a line."""
    compared = [name for name in task.covariates if _is_sex(name) or _is_age(name)]
    found = contradictions(persons, task)
    if not compared:
        return "header and label file: neither sex nor age is a covariate of the task"
    columns = " and ".join(compared)
    if not found:
        return f"header and label file agree in {columns}"
    number = len(found)
    head = f"{number} contradiction{'s' * (number > 1)} of header and label file"
    return "\n".join([f"{head} in {columns}:", *(f"  {one.text}" for one in found)])


def _of_person(person: Person, task: Task) -> Iterator[Contradiction]:
    for column, value in zip(task.covariates, person.covariates):
        if math.isnan(value):
            continue
        if _is_sex(column):
            levels = task.covariate_levels.get(column, ())
            level = levels[int(value)] if levels else ""
            sex = _sex_of(level)
            if sex and person.sex in _SEX_WORDS and sex != person.sex:
                yield Contradiction(
                    name=person.name, column=column, header=person.sex, table=level
                )
        elif _is_age(column) and person.age_band:
            around = (value - _YEARS_BETWEEN, value, value + _YEARS_BETWEEN)
            if person.age_band not in map(age_band, around):
                yield Contradiction(
                    name=person.name,
                    column=column,
                    header=person.age_band,
                    table=f"{value:g}",
                )


def _sex_of(level: str) -> str:
    word = level.strip().casefold()
    return next((sex for sex, words in _SEX_WORDS.items() if word in words), "")


def _is_sex(column: str) -> bool:
    return column.casefold() in _SEX_NAMES


def _is_age(column: str) -> bool:
    return column.casefold() in _AGE_NAMES
