"""Facts that tell series of one weighting and plane apart, where studies hold several.

Each is a word for a series, among others of its kind.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from pipelines.drafting import weighting as physics
from pipelines.readers.dicom.headers import Series

_MOST_PHASES = 6
_SAME_TIME = 1.2  # times another, at most, where both are one protocol
# Of the series of a kind, the word for each.
Fact = Callable[[Iterable[Series]], Callable[[Series], str]]


def _fat(series: Series) -> str:
    return "FS" if physics.fat_suppressed(series) else ""


# Words of ImageType for what an image is of a whole.
COMPONENTS = {
    "water": {"W", "WATER"},
    "fat": {"F", "FAT"},
    "in": {"IP", "IN_PHASE", "IN"},
    "opposed": {"OP", "OPP_PHASE", "OUT_PHASE", "OUT"},
    "phase": {"P", "PHASE", "PHASE MAP"},
    "subtraction": {"SUB", "SUBTRACTION"},
    "projection": {"MIP", "MINIP", "PROJECTION IMAGE", "MPR"},
    "derived": {"DERIVED"},
}


def _component(series: Series) -> str:
    words = {word.strip().upper() for word in series.image_type}
    return next((name for name, any_of in COMPONENTS.items() if any_of & words), "")


def _phase(series: Series) -> str:
    """Of few each by its number; of many the first, the last, and what is between."""
    if series.phases < 2:
        return ""
    if series.phases <= _MOST_PHASES:
        return f"phase{series.phase}"
    return {1: "first", series.phases: "last"}.get(series.phase, "between")


def _description(series: Series) -> str:
    return series.description.strip().casefold()


def _each(word_of: Callable[[Series], str]) -> Fact:
    """A word that the header of a series says, whatever the others' say."""
    return lambda _: word_of


def _echo(series: Iterable[Series]) -> Callable[[Series], str]:
    """First, second, ... echo: scanners differ less in one than it from the next."""
    return _near("TE", [one.echo_time_ms for one in series], lambda s: s.echo_time_ms)


def _inversion(series: Iterable[Series]) -> Callable[[Series], str]:
    times = [one.inversion_time_ms for one in series]
    return _near("TI", times, lambda s: s.inversion_time_ms)


def _near(
    name: str, times: Iterable[float | None], time_of: Callable[[Series], float | None]
) -> Callable[[Series], str]:
    """The word for a time: the commonest of those that lie near it."""
    numbers = Counter(time for time in times if time is not None)
    groups: list[list[float]] = []
    for time in sorted(numbers):
        if groups and time <= _SAME_TIME * groups[-1][-1]:
            groups[-1].append(time)
        else:
            groups.append([time])
    words = {None: ""}
    for group in groups:
        usual = max(group, key=lambda time: numbers[time])
        words |= dict.fromkeys(group, f"{name}{usual:.3g}")
    return lambda series: words[time_of(series)]


DESCRIBED = _each(_description)
# In this order; the description is asked last.
LADDER = (_each(_phase), _each(_fat), _each(_component), _echo, _inversion, DESCRIBED)
