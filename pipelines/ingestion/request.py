"""What a user asks ingest for, checked before anything is read."""

import contextlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pipelines.cohort import labels, masks
from pipelines.errors import DataError, UsageError
from pipelines.ingestion import partial_directory
from pipelines.privacy.linkage import Linkage
from pipelines.storage import output_paths
from pipelines.tables import table_file
from pipelines.tasks import by_image
from pipelines.tasks.task import Task


@dataclass(frozen=True, kw_only=True)
class SourceRequest:
    """What to look through, and by which task.

    Args:
        source: folder of DICOM files, volumes.csv, or MedMNIST3D file.
        series: table of what each DICOM series is, in place of the task's rules.
        extend: data set whose patients keep their split.
        masks: masks.csv, of DICOM studies; none = they have no mask.
        split_by: what is dealt to the splits. Images leak: see `images`.
        absent: what becomes of samples of `extend` that the source lacks; none = refuse
            if there are any.

    Raises:
        UsageError: a place that does not exist or is of the wrong kind, labels that
            are missing or too many, a task that wants masks where there are none, no
            worker.
    """

    kind: Literal["dicom", "table", "medmnist"]
    source: Path
    task: Task
    labels: Path | None = None
    masks: Path | None = None
    split_by: Literal["patient", "image"] = "patient"
    series: Path | None = None
    extend: Path | None = None
    absent: Literal["keep", "drop"] | None = None
    workers: int = 1

    def __post_init__(self):
        wants_labels = self.kind != "medmnist" and bool(self.task.label_columns)
        if wants_labels and self.labels is None:
            raise UsageError(
                f"the task {self.task.name} takes its target from labels.csv: name it "
                "with --labels"
            )
        if self.kind == "medmnist" and self.labels is not None:
            raise UsageError("a MedMNIST3D file brings its labels: leave --labels out")
        self._check_masks()
        if self.split_by == "image":
            by_image.check(self.task)
            if self.extend is not None:
                raise UsageError(
                    "--split-by image deals all images anew, so no data set can be "
                    f"extended. Received: --extend {self.extend}"
                )
        if self.kind != "dicom" and self.series is not None:
            raise UsageError(
                "--series says what DICOM series are, so it goes with --dicom. "
                f"Received: --{self.kind}"
            )
        if self.absent is not None and self.extend is None:
            raise UsageError(
                "--absent says what becomes of samples of the data set of --extend. "
                f"Received: --absent {self.absent} alone"
            )
        self._check_places()
        if self.workers < 1:
            raise UsageError(f"--workers is 1 or more. Received: {self.workers}")

    def _check_masks(self) -> None:
        if self.masks is not None and self.kind != "dicom":
            raise UsageError(
                "--masks goes with --dicom; a table names masks in its column `mask`. "
                f"Received: --{self.kind} with --masks {self.masks}"
            )
        if self.task.steps.wants_mask and self.kind == "dicom" and not self.masks:
            raise UsageError(
                f"the task {self.task.name} crops to a mask (steps.roi_share, "
                "steps.roi_slices): name the table of masks with --masks (patient_id "
                "or study_id, and path). Received: --dicom alone"
            )
        if self.task.steps.wants_mask and self.kind == "medmnist":
            raise UsageError(
                f"the task {self.task.name} crops to a mask (steps.roi_share, "
                "steps.roi_slices), and a MedMNIST3D file has none. "
                "Received: --medmnist"
            )

    def _check_places(self) -> None:
        folder = dict.fromkeys(("labels", "masks", "series"), False)
        folder |= {"source": self.kind == "dicom", "extend": True}
        for name, wanted in folder.items():
            path = getattr(self, name)
            if path is not None and not wanted:
                path, _ = table_file.split_sheet(path)
            if path is not None and not path.exists():
                raise UsageError(f"{path} does not exist")
            if path is not None and path.is_dir() != wanted:
                word = "directory" if wanted else "file"
                raise UsageError(f"{path} is no {word}, and one is wanted here")


@dataclass(frozen=True, kw_only=True)
class Request(SourceRequest):
    """What to ingest, and where to.

    Args:
        key: file of the project key; made if absent.
        out: directory of the data set, which does not exist.
    """

    key: Path
    out: Path


def check_out(request: Request) -> None:
    """Refuses places that must not hold the data set.

    Raises:
        UsageError: the data set exists, would lie inside its source or can't be
            written, or what is kept beside the key can't.
    """
    out = request.out
    partial_directory.path_of(out)
    output_paths.check_directory(out, "--out")
    linkage = Linkage.beside(request.key).path
    output_paths.check_file(linkage, "linkage.csv beside --key,")
    inside = out.resolve().is_relative_to(request.source.resolve())
    if request.kind == "dicom" and inside:
        raise UsageError(
            f"the data set {out} would lie inside its source {request.source}. "
            "Name an --out elsewhere"
        )


def check_tables(request: SourceRequest) -> None:
    """Reads the tables before what reads studies is loaded, let alone a study.

    Raises:
        DataError: one is not such a file as the task wants.
    """
    if request.masks is not None:
        masks.read(request.masks, request.task)
    if request.series is not None:
        from pipelines.cohort import series_file  # it loads what knows images

        with contextlib.redirect_stderr(io.StringIO()):
            series_file.read(request.series, request.task)
    if request.labels is not None:
        notes = io.StringIO()  # which come again with what reads it again
        try:
            with contextlib.redirect_stderr(notes):
                labels.read(request.labels, request.task)
        except DataError:
            print(notes.getvalue(), end="", file=sys.stderr)
            raise


def handed_on(request: Request, growing: Path) -> tuple[Path, ...]:
    """Directories that may be copied, so the key must not lie in them."""
    source = (request.source,) if request.kind == "dicom" else ()
    extended = (request.extend,) if request.extend else ()
    return (request.out, growing, *source, *extended)
