"""A table of NIfTI volumes as a cohort: headers only, no voxel is read here."""

from collections.abc import Iterator
from pathlib import Path

from pipelines.canonical.roi import no_mask
from pipelines.cohort.labels import Label, Labels
from pipelines.errors import StudyError
from pipelines.ingestion import nifti_choice
from pipelines.ingestion.cohort import (
    NO_LABEL,
    NO_RULE,
    Cohort,
    Names,
    Unwanted,
    find_label,
    rejected,
    strata,
)
from pipelines.ingestion.study_fault import attempt
from pipelines.ingestion.work_item import NiftiSource, Rejection, WorkItem
from pipelines.readers import nifti
from pipelines.readers.facts import Facts
from pipelines.readers.nifti_table import TableRow, read_table
from pipelines.tasks.task import Task

_NOT_NAMED = Unwanted(why="volumes of a sequence that the task does not name")


def cohort(path: Path, labels: Labels | None, task: Task, names: Names) -> Cohort:
    """Reads volumes.csv and decides what becomes a record.

    Raises:
        DataError: the table itself is wrong.
    """
    return Cohort.of(_outcomes(read_table(path), labels, task, names), ignored={})


def _outcomes(
    rows: tuple[TableRow, ...], labels: Labels | None, task: Task, names: Names
) -> Iterator[WorkItem | Rejection | Unwanted]:
    wanted = {one.name for one in task.sequences if one.derive is None}
    for unit in _units(rows, task):
        named = tuple(row for row in unit if row.sequence in wanted)
        unnamed = NO_RULE if task.unit == "series" else _NOT_NAMED
        yield from [unnamed] * (len(unit) - len(named))
        if named or task.unit != "series":
            yield _decide(unit, named, labels, task, names)


def _units(rows: tuple[TableRow, ...], task: Task) -> list[tuple[TableRow, ...]]:
    """The rows of every study, or every row alone where the unit is the series."""
    if task.unit == "series":
        return [(row,) for row in rows]
    studies: dict[str, list[TableRow]] = {}
    for row in rows:
        studies.setdefault(row.study_id, []).append(row)
    return [tuple(studies[key]) for key in sorted(studies)]


def _decide(
    unit: tuple[TableRow, ...],
    rows: tuple[TableRow, ...],
    labels: Labels | None,
    task: Task,
    names: Names,
) -> WorkItem | Rejection | Unwanted:
    """A work item, a rejection, or why the sample is not wanted.

    Args:
        rows: those of the unit whose sequence the task names.
    """
    first, others = unit[0], tuple(r.sequence for r in unit if r not in rows)
    by_series = task.unit == "series"
    sample = f"{first.study_id}#{first.sequence}" if by_series else first.study_id
    who = {
        "study_id": names.of("study", first.study_id),
        "patient_id": names.of("patient", first.patient_id),
        "private": f"patient {first.patient_id}, study {first.study_id}",
    }
    channels = {task.channels[0] if by_series else r.sequence: r for r in rows}

    def make() -> WorkItem | Unwanted:
        sources = {
            channel: NiftiSource(path=row.path, frame=row.frame, b_value=row.b_value)
            for channel, row in channels.items()
        }
        warnings = nifti_choice.check_acquired(sources, task, others=others)
        _check_masks(channels, task)
        label = _label(first, sample, labels, task)
        if label is None:
            return NO_LABEL
        return WorkItem(
            sample_id=names.of("sample", sample),
            **who,
            sources=sources,
            mask=next((row.mask for row in rows if row.mask), ""),
            target=label.target,
            covariates=label.covariates,
            strata=strata(label, task),
            role=label.role,
            facts=Facts(site=names.of_or_blank("site", label.site)),
            warnings=warnings,
        )

    outcome = attempt(make)
    if isinstance(outcome, StudyError):
        return rejected(outcome, **who)
    return outcome


def _label(
    first: TableRow, sample: str, labels: Labels | None, task: Task
) -> Label | None:
    return find_label(
        labels,
        task,
        sequence=first.sequence,
        patient_id=first.patient_id,
        study_id=first.study_id,
        series_id=sample,
    )


def _check_masks(channels: dict[str, TableRow], task: Task) -> None:
    """Holds the header of the mask against what the task wants."""
    masks = {row.mask for row in channels.values() if row.mask}
    if task.steps.wants_mask and not masks:
        raise no_mask()
    for mask in masks:
        nifti.header(mask)
