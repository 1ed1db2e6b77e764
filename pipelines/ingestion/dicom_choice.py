"""Which series of a candidate are the sequences of the task, and if they fit it."""

from collections.abc import Mapping
from types import MappingProxyType

from pipelines.cohort import (
    b_values,
    inclusion,
    sequence_matching,
    series_faults,
    trace,
)
from pipelines.cohort.series_file import SeriesFile
from pipelines.errors import StudyError
from pipelines.ingestion.dicom_candidates import Candidate
from pipelines.readers.dicom.headers import Series
from pipelines.readers.dicom.series import check as check_geometry
from pipelines.tasks.task import Task


def choose(
    candidate: Candidate,
    task: Task,
    *,
    any_series: bool = False,
    named: Mapping[str, Series] = MappingProxyType({}),
    series_file: SeriesFile | None = None,
) -> dict[str, Series]:
    """The series behind every channel; empty where no rule wants a lone series.

    Args:
        any_series: with unit `series`, take a series that no rule names as well: a
            network that names series is there for just these.
        named: of sequences whose series a user named: no rule is asked for these, and
            none takes them for another sequence.
        series_file: what each series is, in place of the task's rules.

    Raises:
        StudyError: a sequence is missing or ambiguous, a file of it is broken, or the
            ids of its images are wrong.
    """
    series_faults.check_patients(candidate.series)
    scattered = series_faults.scattered(candidate.series)
    if task.unit == "series":
        if candidate.faults:
            raise candidate.faults[0].error
        if scattered:
            raise series_faults.scattered_fault(scattered[0])
        series = candidate.series[0]
        ruled = series_file or any(sequence.rules for sequence in task.sequences)
        if ruled and not any_series and name(series, task, series_file) is None:
            return {}
        trace.check(series, task.channels[0], "trace")  # made only where asked for
        return {task.channels[0]: series}
    try:
        if series_file is not None:
            chosen = series_file.assign(candidate.series, task)
        else:
            taken = {series.key for series in named.values()}
            others = tuple(each for each in candidate.series if each.key not in taken)
            chosen = sequence_matching.assign(others, task, named=named)
    except StudyError as error:
        if error.code == "missing_sequence" and candidate.faults:
            raise candidate.faults[0].error from error
        if error.code == "ambiguous_sequence" and scattered:
            raise series_faults.scattered_fault(scattered[0]) from error
        raise
    for group in scattered:
        if any(one in group for one in chosen.values()):
            raise series_faults.scattered_fault(group)
    uids = {series.series_uid for series in chosen.values()}
    for fault in candidate.faults:
        if fault.series_uid in uids or not fault.series_uid:
            raise fault.error
    return chosen


def name(series: Series, task: Task, series_file: SeriesFile | None) -> str | None:
    """The sequence that a lone series is, by the file or else by the task's rules.

    Raises:
        StudyError: the rules of several sequences match.
        DataError: a sequence of the task has no rule.
    """
    if series_file is not None:
        return series_file.name(series)
    return sequence_matching.name(series, task)


def check_acquired(chosen: dict[str, Series], task: Task) -> None:
    """Whether they are whole, criteria of the task, geometry: from headers alone."""
    sequence_matching.check_whole(chosen, task)
    measured = {}
    for name, series in chosen.items():
        frame = series.frames[0]
        measured[name] = inclusion.Acquired(
            plane=series.plane,
            slices=len(series.frames),
            rows=frame.rows,
            columns=frame.columns,
        )
    inclusion.check(measured, task)
    b_values.check_series(chosen, task)
    for series in chosen.values():
        check_geometry(series)
