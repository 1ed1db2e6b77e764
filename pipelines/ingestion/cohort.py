"""What a source of studies yields: work items, and what is left out and why."""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from pipelines.cohort.labels import Label, Labels
from pipelines.errors import StudyError
from pipelines.ingestion.work_item import Rejection, WorkItem
from pipelines.privacy.linkage import Linkage
from pipelines.privacy.privacy import Key, pseudonym
from pipelines.tasks.task import Task

# What the task's own criteria leave out: nobody is at fault.
EXCLUSIONS = (
    "missing_sequence",
    "plane",
    "too_few_slices",
    "small_matrix",
    "labelled_patient",
)


@dataclass(frozen=True, kw_only=True, order=True)
class Unwanted:
    """Why something is not wanted, through nobody's fault.

    Args:
        why: in words, for the terminal.
        code: the criterion that the flow of the cohort counts it under; "" = it is no
            sample, and does not count.
    """

    why: str
    code: str = ""


NO_RULE = Unwanted(why="series that no rule of the task names", code="no_rule")
UNNAMED = Unwanted(
    why="series that the series file gives no name of the task", code="no_rule"
)
NO_LABEL = Unwanted(why="no label", code="missing_label")


@dataclass(frozen=True, kw_only=True)
class Cohort:
    """The outcome of looking at a source, before any voxel is read.

    Args:
        work_items: by sample_id.
        ignored: reason -> number of files that are no part of any study.
        skipped: number of what the task does not want, by why.

    Of samples with one id none is kept: nobody can tell which of them it means.
    """

    work_items: tuple[WorkItem, ...]
    rejections: tuple[Rejection, ...] = ()
    ignored: dict[str, int] = field(default_factory=dict)
    skipped: dict[Unwanted, int] = field(default_factory=dict)

    @staticmethod
    def of(
        outcomes: Iterable[WorkItem | Rejection | Unwanted], *, ignored: dict[str, int]
    ) -> "Cohort":
        """Sorts outcomes."""
        work_items, rejections, skipped = [], [], Counter()
        for outcome in outcomes:
            if isinstance(outcome, WorkItem):
                work_items.append(outcome)
            elif isinstance(outcome, Rejection):
                rejections.append(outcome)
            else:
                skipped[outcome] += 1
        times = Counter(work_item.sample_id for work_item in work_items)
        alone = (
            work_item for work_item in work_items if times[work_item.sample_id] == 1
        )
        rejections += [
            _shared(work_item)
            for work_item in work_items
            if times[work_item.sample_id] > 1
        ]
        return Cohort(
            work_items=tuple(sorted(alone, key=lambda work_item: work_item.sample_id)),
            rejections=tuple(rejections),
            ignored=ignored,
            skipped=dict(sorted(skipped.items())),
        )


@dataclass(frozen=True, kw_only=True)
class Names:
    """Pseudonyms under the project key; each is noted in the private linkage file."""

    key: Key
    linkage: Linkage

    def of(self, kind: str, source_id: str) -> str:
        """The pseudonym of a source id; `kind` is patient, study, sample or site.

        Raises:
            StudyError: the id is empty.
        """
        name = pseudonym(self.key, kind, source_id)
        self.linkage.add(kind, name, source_id)
        return name

    def of_or_blank(self, kind: str, source_id: str) -> str:
        """The same, but an empty id stays empty."""
        return self.of(kind, source_id) if source_id.strip() else ""


def rejected(
    error: StudyError, *, study_id: str, patient_id: str, private: str
) -> Rejection:
    """The rejection of a study because of `error`."""
    return Rejection(
        study_id=study_id,
        patient_id=patient_id,
        code=error.code,
        problem=error.problem,
        cure=error.cure,
        private=", ".join(text for text in (private, error.private) if text),
        whose=private,
        excluded=error.code in EXCLUSIONS,
        subject=error.subject,
        instead=error.instead,
    )


def _shared(work_item: WorkItem) -> Rejection:
    error = StudyError(
        code="shared_id",
        problem="another patient or study has a sample with the same id",
        cure="Correct the ids at the source",
    )
    return rejected(
        error,
        study_id=work_item.study_id,
        patient_id=work_item.patient_id,
        private=work_item.private,
    )


def by_sequence(task: Task) -> bool:
    """Whether the target of a series is the name of the sequence that it is."""
    return task.target.source == "sequence"


def find_label(
    labels: Labels | None,
    task: Task,
    *,
    sequence: str,
    patient_id: str,
    study_id: str,
    series_id: str,
) -> Label | None:
    """What labels.csv says of a sample; none where the task skips what has no label.

    Where the task keeps it, its target is NaN.

    Args:
        labels: none where the target is the sequence's name and nothing else is asked.
        sequence: the series' name, where that is the target.

    Raises:
        StudyError: there is no row, or its values are none of the task's.
    """
    ids = {"patient_id": patient_id, "study_id": study_id, "series_id": series_id}
    try:
        label = Label(covariates=(math.nan,) * len(task.covariates))
        if labels is not None:
            label = labels.find(**ids)
    except StudyError as error:
        if error.code != "missing_label" or task.missing_label == "reject":
            raise
        if task.missing_label == "skip":
            return None
        label = labels.without_target(**ids)
    if not by_sequence(task):
        return label
    named = float(task.target.classes.index(sequence))
    further = label.target or (math.nan,) * (task.target_size - 1)
    return replace(label, target=(named, *further))


def strata(label: Label, task: Task) -> tuple[str, ...]:
    """The classes that the split is balanced by: one, or each positive label."""
    target = task.target
    if not target.is_single_label:  # of numbers there are no classes
        return tuple(
            name for name, value in zip(target.classes, label.target) if value == 1
        )
    if math.isnan(label.target[0]):
        return ()
    return (target.classes[int(label.target[0])],)
