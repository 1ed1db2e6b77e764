"""What ingest would make of a cohort, from headers and tables alone."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipelines.cohort.inclusion import UNITS, Flow
from pipelines.errors import DataError, UsageError
from pipelines.ingestion import absent
from pipelines.ingestion.assign_splits import assign
from pipelines.ingestion.cohort import Cohort, Names
from pipelines.ingestion.images import of_work_item
from pipelines.ingestion.request import SourceRequest
from pipelines.ingestion.requested_cohort import (
    extended,
    recorded_splits,
    requested_cohort,
)
from pipelines.ingestion.result import LeftOut, flow_of
from pipelines.ingestion.work_item import WorkItem
from pipelines.privacy import linkage_file
from pipelines.privacy.linkage import Linkage
from pipelines.privacy.privacy import Key, check_outside, key_fingerprint, load_key
from pipelines.readers.dicom.scan import Scan
from pipelines.records.data_set import DataSet
from pipelines.records.manifest import Row
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
        absent_fault: why the data set can't be extended: samples that the source lacks.
        kept, dropped: samples that the source lacks, of the data set that is extended.
        work_items: what would be read; private.
    """

    flow: Flow
    left_out: LeftOut
    only_pixels: tuple[str, ...]
    patients: dict[str, int]
    split_fault: str = ""
    absent_fault: str = ""
    kept: int = 0
    dropped: int = 0
    work_items: tuple[WorkItem, ...] = field(default=(), repr=False)

    @property
    def sound(self) -> bool:
        """Whether no study is at fault, and ingest would end with a data set."""
        return not self.left_out.faults and self.feasible

    @property
    def feasible(self) -> bool:
        """Whether the cohort can be split, and extends what it should."""
        return not self.split_fault and not self.absent_fault

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
        if self.kept:
            lines.append(f"{self.kept} records kept of the data set that is extended")
        if self.dropped:
            lines.append(f"{self.dropped} records dropped, which the source lacks")
        if self.absent_fault:
            lines.append(self.absent_fault)
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
    before, rows = extended(request.extend, key_fingerprint(secret))
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
    lacking = absent.absent_rows(rows, cohort)
    absent_fault = _absent_fault(lacking, before, request, names)
    keeps = request.absent == "keep" and not absent_fault
    kept = absent.kept_work_items(lacking, before.task) if keeps and lacking else ()
    cohort = replace(cohort, work_items=cohort.work_items + kept)
    at_most = {work_item.sample_id for work_item in cohort.work_items}
    patients, fault = _split(cohort, request.task, recorded)
    return Checked(
        flow=flow_of(cohort, at_most, cohort.rejections, request.task),
        left_out=LeftOut.of(cohort, cohort.rejections, request.task),
        only_pixels=tuple(_only_pixels(request.task)),
        patients=patients,
        split_fault=fault,
        absent_fault=absent_fault,
        kept=len(kept),
        dropped=len(lacking) if request.absent == "drop" else 0,
        work_items=cohort.work_items,
    )


def _absent_fault(
    lacking: tuple[Row, ...],
    before: DataSet | None,
    request: SourceRequest,
    names: Names,
) -> str:
    """What ingest would stop for: samples that the source lacks."""
    if before is None:
        return ""
    links = linkage_file.read(names.linkage.path)
    try:
        absent.check(lacking, before, request.task, choice=request.absent, links=links)
    except UsageError as error:
        return str(error)
    return ""


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
    work_items = [one for each in cohort.work_items for one in of_work_item(each)]
    if not work_items:
        return {}, f"no {UNITS[task.unit][0]} is left"
    try:
        assignments = assign(work_items, task, recorded=recorded)
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
    if len(task.acquired) > 1:
        yield "sequences that do not overlap"
    if task.steps.n4:
        yield "a bias correction that fails"
    if task.steps.registration != "none":
        yield "a registration that fails"
    if task.steps.wants_mask:
        yield "an empty mask, or one elsewhere"
    if task.steps.roi_slices:
        yield "too few slices around the mask"
