"""What ingest would make of a cohort, from headers and tables alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.cohort.inclusion import UNITS, Flow
from pipelines.errors import DataError, UsageError
from pipelines.ingestion.assign_splits import assign
from pipelines.ingestion.cohort import Cohort, Names
from pipelines.ingestion.request import SourceRequest
from pipelines.ingestion.requested_cohort import (
    extended,
    recorded_splits,
    requested_cohort,
)
from pipelines.ingestion.result import LeftOut, flow_of
from pipelines.ingestion.work_item import WorkItem
from pipelines.privacy.linkage import Linkage
from pipelines.privacy.privacy import Key, check_outside, key_fingerprint, load_key
from pipelines.readers.dicom.scan import Scan
from pipelines.splits.patient import Assignment
from pipelines.storage.executors import Processes
from pipelines.tasks.task import Task

_NO_KEY = Key(secret=bytes(32))  # names nobody: nothing is written


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What would come in, and what would not.

    Args:
        flow: what it calls included is so many at most.
        only_pixels: faults that neither a header nor a table shows.
        patients: of each group of the split, at most; empty where it fails.
        split_fault: why the cohort can't be split; "" = it can.
        work_items: what would be read; private.
    """

    flow: Flow
    left_out: LeftOut
    only_pixels: tuple[str, ...]
    patients: dict[str, int]
    split_fault: str = ""
    work_items: tuple[WorkItem, ...] = field(default=(), repr=False)

    @property
    def sound(self) -> bool:
        """Whether no study is at fault, and the cohort can be split."""
        return not self.left_out.faults and not self.split_fault

    def text(self) -> str:
        """All of it for the terminal; an example shows the user's own ids."""
        several = UNITS[self.flow.unit][1]
        causes = self.left_out.causes_text()
        lines = [causes] if causes else []
        lines += [
            self.flow.text,
            f"{self.flow.included} of {self.flow.found} {several} come in at most. "
            f"Only their pixels can show: {'; '.join(self.only_pixels)}",
        ]
        if self.split_fault:
            lines.append(f"no split: {self.split_fault}")
        lines += [
            f"{group}: {n} patient{'s' * (n > 1)}" for group, n in self.patients.items()
        ]
        return "\n".join(lines)


def check(
    request: SourceRequest,
    *,
    key: Path | None = None,
    progress: bool = False,
    scan: Scan | None = None,
) -> Checked:
    """Looks through the source as ingest does, and writes nothing.

    Args:
        key: file of the project key, which need not be there yet; `request.extend`
            wants that of its data set.
        scan: of DICOM files, where their headers were read before.

    Raises:
        UsageError: `request.extend` without its key, or a key inside the source.
        DataError: a table is wrong, or there is nothing to look through.
    """
    secret = _key(request, key)
    # Never saved: where it would lie is of no account.
    names = Names(key=secret, linkage=Linkage.beside(key or Path("unsaved.key")))
    _, rows = extended(request.extend, key_fingerprint(secret))
    recorded = recorded_splits(rows)
    with Processes(request.workers) as processes:
        cohort = requested_cohort(
            request,
            names,
            recorded,
            processes=processes,
            progress=progress,
            scan=scan,
        )
    at_most = {work_item.sample_id for work_item in cohort.work_items}
    patients, fault = _split(cohort, request.task, recorded)
    return Checked(
        flow=flow_of(cohort, at_most, cohort.rejections, request.task),
        left_out=LeftOut.of(cohort, cohort.rejections, request.task),
        only_pixels=tuple(_only_pixels(request.task)),
        patients=patients,
        split_fault=fault,
        work_items=cohort.work_items,
    )


def _key(request: SourceRequest, path: Path | None) -> Key:
    if path is not None:
        inside = (request.source,) if request.kind == "dicom" else ()
        check_outside(path, inside)
        if path.exists():
            return load_key(path)
    if request.extend is not None:
        raise UsageError(
            f"the patients of {request.extend} are known by its key alone. Name the "
            f"key with --key. Received: {path or 'none'}"
            + (", which does not exist" if path else "")
        )
    return _NO_KEY


def _split(
    cohort: Cohort, task: Task, recorded: dict[str, Assignment]
) -> tuple[dict[str, int], str]:
    """How many patients each group would have, or why there is no split."""
    if not cohort.work_items:
        return {}, f"no {UNITS[task.unit][0]} is left"
    try:
        assignments = assign(cohort.work_items, task, recorded=recorded)
    except DataError as error:
        return {}, str(error)
    numbers = Counter(assignment.group for assignment in assignments.values())
    return dict(sorted(numbers.items())), ""


def _only_pixels(task: Task) -> Iterator[str]:
    """What a real ingest may still find, in words."""
    yield "damaged pixel data"
    yield "values that are NaN"
    yield "an image of one value"
    yield "a copy of another study"
    if len(task.channels) > 1:
        yield "sequences that do not overlap"
    if task.steps.n4:
        yield "a bias correction that fails"
    if task.steps.registration != "none":
        yield "a registration that fails"
    if task.steps.wants_mask:
        yield "an empty mask"
    if task.steps.roi_slices:
        yield "too few slices around the mask"
