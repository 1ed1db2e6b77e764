"""Ingest from end to end: source -> cohort -> records -> data set directory."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from pipelines.cohort import labels as label_file
from pipelines.cohort.inclusion import Flow
from pipelines.cohort.split import Assignment
from pipelines.errors import DataError, UsageError
from pipelines.ingestion import from_dicom, from_medmnist, from_table
from pipelines.ingestion.assemble import assign
from pipelines.ingestion.cohort import Cohort, Names, rejected
from pipelines.ingestion.orders import Rejection
from pipelines.ingestion.pool import work_off
from pipelines.ingestion.twins import twins
from pipelines.ingestion.work import NO_ROOM, Finished, no_room, record_path
from pipelines.ingestion.writing import Sample, write
from pipelines.privacy import Linkage, key_fingerprint, load_key
from pipelines.records import dataset_directory
from pipelines.task import Task


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to ingest, and where to.

    Args:
        source: folder of DICOM files, volumes.csv, or MedMNIST3D file.
        key: file of the project key; made if absent.
        extend: data set whose patients keep their split.
    """

    kind: Literal["dicom", "table", "medmnist"]
    source: Path
    task: Task
    key: Path
    out: Path
    labels: Path | None = None
    extend: Path | None = None
    workers: int = 1

    def __post_init__(self):
        wants_labels = self.kind != "medmnist" and self.task.target.source == "labels"
        if wants_labels and self.labels is None:
            raise UsageError(
                f"the task {self.task.name} takes its target from labels.csv: name it "
                "with --labels"
            )
        if self.kind == "medmnist" and self.labels is not None:
            raise UsageError("a MedMNIST3D file brings its labels: leave --labels out")
        if not self.source.exists():
            raise UsageError(f"{self.source} does not exist")
        if self.workers < 1:
            raise UsageError(f"--workers is 1 or more. Received: {self.workers}")


@dataclass(frozen=True, kw_only=True)
class Result:
    """A data set that is whole, and what was left out of it."""

    path: Path
    flow: Flow
    rejections: tuple[Rejection, ...]
    counts: dict[str, dataset_directory.Count]
    ignored: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> tuple[Rejection, ...]:
        """What was left out for a fault, not by a criterion of the task."""
        return tuple(one for one in self.rejections if not one.excluded)

    def text(self) -> str:
        """What happened, for the terminal; it shows the user's own ids."""
        lines = [one.text() for one in self.rejections]
        lines += [f"ignored: {n} files, {why}" for why, n in self.ignored.items()]
        lines += [f"not wanted: {n}, {why}" for why, n in self.skipped.items()]
        lines.append(self.flow.text)
        for group, count in self.counts.items():
            classes = ", ".join(f"{name} {n}" for name, n in count.classes.items())
            lines.append(
                f"{group}: {count.samples} samples of {count.patients} patients"
                + (f" ({classes})" if classes else "")
            )
        return "\n".join(lines)


def ingest(request: Request, *, progress: bool = False) -> Result:
    """Makes the data set `request.out`.

    It is written beside as `<out>.partial` and renamed when whole. An interrupted run
    leaves its finished records there, and the same request continues with them.

    Raises:
        UsageError: the data set exists, or the key lies inside source or data set.
        DataError: nothing can be used, the cohort can't be split, or the disk is full.
    """
    partial = _partial(request)
    try:
        return _ingest(request, partial, progress=progress)
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DataError(no_room(error)) from error
        raise


def _ingest(request: Request, partial: Path, *, progress: bool) -> Result:
    key = load_key(request.key, outside=_public(request, partial))
    names = Names(key=key, linkage=Linkage.beside(request.key))
    recorded = _recorded(request, key_fingerprint(key))
    cohort = _cohort(request, names, progress=progress)
    names.linkage.save()
    (partial / "records").mkdir(parents=True, exist_ok=True)
    finished, rejections = _work_off(cohort, request, partial, progress=progress)
    flow = Flow.count(
        found=len(cohort.orders) + len(cohort.rejections),
        codes=[one.code for one in rejections],
        unit=request.task.unit,
    )
    samples = _samples(cohort, request, partial, finished, recorded, rejections)
    shutil.rmtree(partial / "dataset", ignore_errors=True)
    data = write(
        partial / "dataset",
        samples,
        rejections,
        task=request.task,
        key_fingerprint=key_fingerprint(key),
        flow=flow,
    )
    (partial / "dataset").rename(request.out)
    shutil.rmtree(partial)
    return Result(
        path=request.out,
        flow=flow,
        rejections=rejections,
        counts=data.counts,
        ignored=cohort.ignored,
        skipped=cohort.skipped,
    )


def _samples(
    cohort: Cohort,
    request: Request,
    partial: Path,
    finished: dict[str, Finished],
    recorded: dict[str, Assignment],
    rejections: Sequence[Rejection],
) -> list[Sample]:
    """Every whole record with the split of its patient."""
    orders = [order for order in cohort.orders if order.sample_id in finished]
    if not orders:
        first = f" First: {rejections[0].text()}" if rejections else ""
        raise DataError(
            f"no sample is left of {len(cohort.orders) + len(cohort.rejections)} found "
            f"(not wanted by the task: {cohort.skipped or 'none'}).{first}"
        )
    assignments = assign(orders, request.task, recorded=recorded)
    return [
        Sample(
            order=order,
            finished=finished[order.sample_id],
            assignment=assignments[order.patient_id],
            path=record_path(partial / "records", order),
        )
        for order in orders
    ]


def _partial(request: Request) -> Path:
    """Where the data set grows until it is whole."""
    out = request.out
    if out.exists():
        raise UsageError(
            f"{out} exists. A data set is never overwritten: name another --out, or "
            "grow it by --extend into a new one"
        )
    inside = out.resolve().is_relative_to(request.source.resolve())
    if request.kind == "dicom" and inside:
        raise UsageError(
            f"the data set {out} would lie inside its source {request.source}. "
            "Name an --out elsewhere"
        )
    return out.with_name(out.name + ".partial")


def _public(request: Request, partial: Path) -> tuple[Path, ...]:
    """Directories that may be handed on, so the key must not lie in them."""
    places = (request.out, partial)
    return (request.source, *places) if request.kind == "dicom" else places


def _recorded(request: Request, fingerprint: str) -> dict[str, Assignment]:
    """The split of every patient of the data set that is extended."""
    if request.extend is None:
        return {}
    before = dataset_directory.open_dataset(str(request.extend))
    if before.key_fingerprint != fingerprint:
        raise DataError(
            f"{request.extend} was made with another key, so its patients can't be "
            "recognised. Name the key of the project with --key"
        )
    return {
        row.patient_id: Assignment(split=row.split, fold=row.fold)
        for row in dataset_directory.read_manifest(before)
    }


def _cohort(request: Request, names: Names, *, progress: bool) -> Cohort:
    if request.kind == "medmnist":
        return from_medmnist.cohort(request.source, request.task, names)
    labels = None
    if request.labels is not None:
        labels = label_file.read(request.labels, request.task)
    if request.kind == "table":
        return from_table.cohort(request.source, labels, request.task, names)
    return from_dicom.cohort(
        request.source,
        labels,
        request.task,
        names,
        workers=request.workers,
        progress=progress,
    )


def _work_off(
    cohort: Cohort, request: Request, partial: Path, *, progress: bool
) -> tuple[dict[str, Finished], tuple[Rejection, ...]]:
    """Whole records by sample_id, and all that was left out on the way to them."""
    outcomes = work_off(
        cohort.orders,
        request.task,
        str(partial / "records"),
        workers=request.workers,
        progress=progress,
    )
    orders = {order.sample_id: order for order in cohort.orders}
    finished = {one: out for one, out in outcomes.items() if isinstance(out, Finished)}
    failed = {one: out for one, out in outcomes.items() if one not in finished}
    copies = twins(orders, finished)
    finished = {one: out for one, out in finished.items() if one not in copies}
    return finished, cohort.rejections + tuple(
        rejected(
            error,
            study_id=orders[one].study_id,
            patient_id=orders[one].patient_id,
            private=orders[one].private,
        )
        for one, error in (failed | copies).items()
    )
