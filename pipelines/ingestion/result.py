"""What ingest made of a cohort: a data set, what was left out, and the flow."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.cohort.inclusion import Flow
from pipelines.ingestion.causes import causes
from pipelines.ingestion.cohort import Cohort
from pipelines.ingestion.work_item import Rejection
from pipelines.records.data_set import LEAKS, Count, SplitBy
from pipelines.tasks.task import Task


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """What does not become a record, and why; and what does, but perhaps should not.

    Args:
        unit: of the task.
        ignored: reason -> number of files that are no part of any study.
        skipped: reason -> number of what the task does not want.
        alike: what comes in though it looks like another patient's, for the terminal.
    """

    unit: str
    rejections: tuple[Rejection, ...] = ()
    ignored: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    alike: str = field(default="", repr=False)

    @staticmethod
    def of(cohort: Cohort, rejections: Sequence[Rejection], task: Task) -> "LeftOut":
        """What a cohort leaves out, and the rejections in all."""
        return LeftOut(
            unit=task.unit,
            rejections=tuple(rejections),
            ignored=cohort.ignored,
            skipped=unwanted_by_why(cohort),
        )

    @property
    def faults(self) -> tuple[Rejection, ...]:
        """What was left out for a fault, not by a criterion of the task."""
        return tuple(left for left in self.rejections if not left.excluded)

    def causes_text(self) -> str:
        """A line for each cause, for the terminal: an example shows the user's ids."""
        lines = [cause.text(self.unit) for cause in causes(self.rejections)]
        lines += [f"ignored: {n} files, {why}" for why, n in self.ignored.items()]
        lines += [f"not wanted: {n}, {why}" for why, n in self.skipped.items()]
        lines += [self.alike] if self.alike else []
        return "\n".join(lines)


@dataclass(frozen=True, kw_only=True)
class Result(LeftOut):
    """A data set that is whole, and what was left out of it.

    Args:
        kept: records that were copied from the data set that is extended.
        split_by: see `DataSet`.
    """

    path: Path
    flow: Flow
    counts: dict[str, Count]
    kept: int = 0
    split_by: SplitBy = "patient"

    def text(self) -> str:
        """What happened, for the terminal; an example shows the user's own ids."""
        left_out = self.causes_text()
        return f"{left_out}\n{self.included}" if left_out else self.included

    @property
    def included(self) -> str:
        """The flow, and how many samples each group has."""
        by_image = self.split_by == "image"
        whose = "images" if by_image else "patients"
        lines = [LEAKS] if by_image else []
        lines.append(self.flow.text)
        if self.kept:
            lines.append(f"{self.kept} records kept of the data set that is extended")
        for group, count in self.counts.items():
            classes = ", ".join(f"{name} {n}" for name, n in count.classes.items())
            known = any(count.classes.values())
            lines.append(
                f"{group}: {count.samples} samples of {count.patients} {whose}"
                + (f" ({classes})" if known else "")
            )
        return "\n".join(lines)


def flow_of(
    cohort: Cohort,
    finished: Collection[str],
    rejections: Sequence[Rejection],
    task: Task,
) -> Flow:
    """Found, left out and why, included; what nobody wanted counts too.

    Args:
        finished: sample_id of each record.
    """
    unlabelled = [
        work_item for work_item in cohort.work_items if not work_item.labelled
    ]
    unwanted = [
        reason.code
        for reason, number in cohort.skipped.items()
        for _ in range(number)
        if reason.code
    ]
    return Flow.count(
        found=len(cohort.work_items) + len(cohort.rejections) + len(unwanted),
        codes=[*unwanted, *(rejection.code for rejection in rejections)],
        unit=task.unit,
        unlabelled=sum(work_item.sample_id in finished for work_item in unlabelled),
    )


def unwanted_by_why(cohort: Cohort) -> dict[str, int]:
    """What was not wanted, in words."""
    return {reason.why: number for reason, number in cohort.skipped.items()}
