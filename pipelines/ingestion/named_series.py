"""DICOM series that a user names where no rule of the task finds them."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.errors import StudyError, UsageError
from pipelines.readers.dicom.headers import Series


@dataclass(frozen=True, kw_only=True)
class NamedSeries:
    """Where a series lies, as `PATH` or `PATH#PART`.

    Args:
        path: a folder, somewhere in which all its files are, or one of its files.
        part: of a series that is split, e.g. `"b=800"`; "" = there is but one.
    """

    path: str
    part: str = ""

    def __post_init__(self):
        if not os.path.exists(self.path):
            raise UsageError(
                "--series wants SEQ=PATH, a folder or one file of a series that is "
                f"there. Received: {self.path}"
            )

    @classmethod
    def of(cls, text: str) -> "NamedSeries":
        """By the words of the command line; a path may itself hold a `#`."""
        path, mark, part = text.rpartition("#")
        if not mark or os.path.exists(text):
            return cls(path=text)
        return cls(path=path, part=part)

    @property
    def folder(self) -> str:
        """Where its files are looked for."""
        if os.path.isdir(self.path):
            return self.path
        return os.path.dirname(self.path) or os.curdir

    def holds(self, series: Series) -> bool:
        """Whether the series is the one, or one of those, that is named."""
        if self.part and series.part != self.part:
            return False
        files = {os.path.realpath(frame.path) for frame in series.frames}
        place = os.path.realpath(self.path)
        if os.path.isdir(place):
            within = os.path.join(place, "")
            return all(file.startswith(within) for file in files)
        return place in files


def located(
    series: Iterable[Series], named: Mapping[str, NamedSeries]
) -> dict[str, tuple[Series, ...]]:
    """By sequence, the series at its path, of whichever studies they are.

    Raises:
        UsageError: there is none at a path.
    """
    series = tuple(series)
    places = {}
    for sequence, name in named.items():
        places[sequence] = tuple(each for each in series if name.holds(each))
        if not places[sequence]:
            whole = NamedSeries(path=name.path)
            parts = [each.part for each in series if name.part and whole.holds(each)]
            there = f"the parts there are {', '.join(parts)}" if parts else "none there"
            raise UsageError(
                f"--series {sequence}: {there}, no such DICOM series. "
                f"Received: {name.path}" + (f"#{name.part}" if name.part else "")
            )
    return places


def of_study(
    places: Mapping[str, tuple[Series, ...]], study: Iterable[Series]
) -> dict[str, Series]:
    """By sequence, the named series that belongs to a study, where one does.

    Raises:
        StudyError: several do, so the name does not say which.
    """
    keys = {series.key for series in study}
    chosen = {}
    for sequence, series in places.items():
        own = [each for each in series if each.key in keys]
        if len(own) > 1:
            raise StudyError(
                code="ambiguous_sequence",
                problem=f"{len(own)} series lie where --series names {sequence}",
                cure="Name the folder of one alone, or a file of it; one part of a "
                "series that is split by PATH#PART, as in PATH#b=800",
                private="; ".join(each.label for each in own),
            )
        if own:
            chosen[sequence] = own[0]
    return chosen
