"""Which DICOM series is which sequence of the task, by rules on header facts."""

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType

from pipelines.cohort import series_names, trace
from pipelines.cohort.maps import acquired_b_value
from pipelines.cohort.series_kinds import kinds_of
from pipelines.errors import DataError, StudyError
from pipelines.readers.dicom.headers import Series
from pipelines.tasks.sequence import Match, Sequence
from pipelines.tasks.task import Task

_INFINITE = float("inf")
# Lower is better; what the header does not give loses against what it gives.
_PREFERENCE: dict[str, Callable[[Series], float]] = {
    "most_slices": lambda series: -len(series.frames),
    "fewest_slices": lambda series: len(series.frames),
    "first": lambda series: _or_infinite(series.series_number),
    "last": lambda series: _or_infinite(series.series_number, sign=-1),
    "lowest_b": lambda series: _or_infinite(acquired_b_value(series)),
    "highest_b": lambda series: _or_infinite(acquired_b_value(series), sign=-1),
}


def assign(
    series: tuple[Series, ...],
    task: Task,
    *,
    named: Mapping[str, Series] = MappingProxyType({}),
) -> dict[str, Series]:
    """The series of each sequence of a study, in the task's order of sequences.

    Args:
        named: of sequences whose series a user named: no rule is asked for these.

    Raises:
        StudyError: a required sequence that no series matches, several that match one
            sequence with no preference between them, or one that serves two.
        DataError: a sequence of the task has no rule.
    """
    chosen = {}
    for sequence in task.sequences:
        if sequence.derive is not None:
            continue
        if sequence.name in named:
            chosen[sequence.name] = named[sequence.name]
            trace.check(chosen[sequence.name], sequence.name, sequence.directions)
            continue
        candidates = trace.one_for_each_weighting(
            [candidate for candidate in series if matches(candidate, sequence)]
        )
        if candidates:
            chosen[sequence.name] = preferred(candidates, sequence)
            trace.check(chosen[sequence.name], sequence.name, sequence.directions)
        elif sequence.required:
            raise StudyError(
                code="missing_sequence",
                problem=f"none of {len(series)} series matches {sequence.name}",
                cure="Add the series, widen its rule in the task file, or set "
                "required = false for it",
                private=series_names.on_screen(series),
                subject=sequence.name,
                instead=kinds_without_rule(series, task),
            )
    _check_each_once(chosen)
    return chosen


def with_traces(series: list[Series], task: Task) -> list[Series]:
    """The parts of one series, where each is a sample of its own.

    Directions of diffusion are one sample together where they match a sequence of the
    task that wants their trace.

    Raises:
        DataError: a sequence that wants traces has no rule.
    """
    for sequence in task.sequences:
        if sequence.directions:
            matching = [one for one in series if matches(one, sequence)]
            others = [one for one in series if one not in matching]
            series = [*others, *trace.one_for_each_weighting(matching)]
    return series


def kinds_without_rule(series: Iterable[Series], task: Task) -> tuple[str, ...]:
    """The kinds of series that no rule of the task takes, for the terminal alone."""
    ruled = [sequence for sequence in task.sequences if sequence.rules]
    return kinds_of(
        one for one in series if not any(matches(one, each) for each in ruled)
    )


def name(series: Series, task: Task) -> str | None:
    """The sequence whose rule a single series matches; none = no rule matches.

    Raises:
        StudyError: the rules of several sequences match.
        DataError: a sequence of the task has no rule.
    """
    names = [sequence.name for sequence in task.sequences if matches(series, sequence)]
    if len(names) > 1:
        raise StudyError(
            code="ambiguous_sequence",
            problem=f"{series_names.safe(series)} matches the rules of "
            + " and ".join(names),
            cure="Tell them apart by another condition in the task file",
            private=series_names.on_screen([series]),
            subject=" and ".join(names),
            instead=kinds_of([series]),
        )
    return names[0] if names else None


def matches(series: Series, sequence: Sequence) -> bool:
    """Whether any of the sequence's rules holds for the series.

    Raises:
        DataError: the sequence has no rule.
    """
    if not sequence.rules:
        raise DataError(
            f"the task does not say how DICOM series of {sequence.name} are "
            "recognised. Give the sequence a [sequences.match] in the task file"
        )
    return any(fulfils(series, rule) for rule in sequence.rules)


def fulfils(series: Series, rule: Match) -> bool:
    """Whether every condition that the rule states holds for the series."""
    return (
        series.modality in ("", rule.modality)
        and _found(rule.description, series.description)
        and not (
            rule.not_description and _found(rule.not_description, series.description)
        )
        and _has_words(series.image_type, rule.image_type, rule.not_image_type)
        and _has_words(series.scan_options, rule.scan_options, rule.not_scan_options)
        and _has_words(
            series.scanning_sequence, rule.scanning_sequence, rule.not_scanning_sequence
        )
        and _within(rule.b_value, acquired_b_value(series))
        and _within(rule.echo_time_ms, series.echo_time_ms)
        and _within(rule.repetition_time_ms, series.repetition_time_ms)
        and _within(rule.inversion_time_ms, series.inversion_time_ms)
        and rule.diffusion in (None, series.b_value is not None)
        and rule.contrast in (None, bool(series.contrast_agent.strip()))
        and rule.plane in (None, series.plane)
        and rule.phase in (None, series.phase, series.phase - series.phases - 1)
    )


def partial(chosen: Mapping[str, Series]) -> dict[str, str]:
    """By sequence, what the series behind it lacks of other parts of its own series."""
    return {
        name: series_names.shorter_than(series)
        for name, series in chosen.items()
        if series.longer_parts
    }


def check_whole(chosen: Mapping[str, Series], task: Task) -> None:
    """Refuses a part of a body for the whole, whatever the rule prefers.

    Raises:
        StudyError: a series is shorter than other parts of its own, and the task does
            not allow that.
    """
    if task.inclusion.allow_partial:
        return
    for name, lacking in partial(chosen).items():
        raise StudyError(
            code="partial_series",
            problem=f"{lacking}. It matches {name}",
            cure="Export the series again, whole; or take it with a warning in the "
            "manifest by inclusion.allow_partial = true in the task file",
            private=series_names.on_screen([chosen[name]]),
            subject=name,
        )


def _found(pattern: str | None, text: str) -> bool:
    return pattern is None or re.search(pattern, text, re.IGNORECASE) is not None


def _has_words(
    words: Iterable[str], wanted: Iterable[str], unwanted: Iterable[str]
) -> bool:
    there = {word.strip().upper() for word in words}
    return {word.upper() for word in wanted} <= there and not (
        {word.upper() for word in unwanted} & there
    )


def _within(bounds: tuple[float, float] | None, value: float | None) -> bool:
    return bounds is None or (value is not None and bounds[0] <= value <= bounds[1])


def _or_infinite(value: float | None, sign: int = 1) -> float:
    return _INFINITE if value is None else sign * value


def preferred(candidates: list[Series], sequence: Sequence) -> Series:
    """The one of several series that a sequence takes.

    Raises:
        StudyError: the task has no preference between them.
    """
    if len(candidates) == 1:
        return candidates[0]
    preference = sequence.match.prefer if sequence.match is not None else None
    if preference is not None:
        rank = _PREFERENCE[preference]
        best = min(map(rank, candidates))
        candidates = [candidate for candidate in candidates if rank(candidate) == best]
        if len(candidates) == 1:
            return candidates[0]
    without = f" and are alike by prefer = {preference!r}" if preference else ""
    raise StudyError(
        code="ambiguous_sequence",
        problem=f"{series_names.safe_list(candidates)} match {sequence.name}{without}",
        cure="Narrow its rule in the task file, or state which one to prefer",
        private=series_names.on_screen(candidates),
        subject=sequence.name,
        instead=kinds_of(candidates),
    )


def _check_each_once(chosen: dict[str, Series]) -> None:
    taken: dict[str, str] = {}
    for sequence, series in chosen.items():
        other = taken.setdefault(series.key, sequence)
        if other != sequence:
            raise StudyError(
                code="ambiguous_sequence",
                problem=f"{series_names.safe(series)} matches the rules of {other} "
                f"and {sequence}",
                cure="Tell them apart by another condition in the task file",
                private=series_names.on_screen([series]),
                subject=f"{other} and {sequence}",
                instead=kinds_of([series]),
            )
