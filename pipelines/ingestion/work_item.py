"""Work items: what is to become one record, where its voxels lie, and who it is."""

import hashlib
import json
import math
import os
from dataclasses import asdict, dataclass, field

from pipelines.readers import nifti_sidecars
from pipelines.readers.dicom.headers import Series
from pipelines.readers.facts import Facts
from pipelines.tasks.task import Task


@dataclass(frozen=True, kw_only=True)
class DicomSource:
    """The voxels of one sequence lie in a DICOM series."""

    series: Series

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that is read."""
        return self.series.paths

    @property
    def part(self) -> str:
        """What is taken of the files."""
        return self.series.key


@dataclass(frozen=True, kw_only=True)
class NiftiSource:
    """The voxels of one sequence lie in a NIfTI file, or in frames of it.

    Args:
        frame: from 0.
        b_value: in the place of a frame, in s/mm2: the frames that have it.
    """

    path: str
    frame: int | None = None
    b_value: float | None = None

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that is read."""
        return (self.path, *nifti_sidecars.beside(self.path))

    @property
    def part(self) -> str:
        """What is taken of the file."""
        if self.b_value is not None:
            return f"b={self.b_value:.10g}"
        return "" if self.frame is None else str(self.frame)


@dataclass(frozen=True, kw_only=True)
class MedMnistSource:
    """The voxels are one volume of a MedMNIST3D file."""

    path: str
    index: int

    @property
    def files(self) -> tuple[str, ...]:
        """Every file that is read."""
        return (self.path,)

    @property
    def part(self) -> str:
        """What is taken of the file."""
        return str(self.index)


@dataclass(frozen=True, kw_only=True)
class ImageIds:
    """Pseudonyms of a slice that is a sample of its own.

    Args:
        patient_id: of the image alone; it is what counts as a patient.
    """

    sample_id: str
    patient_id: str


Source = DicomSource | NiftiSource | MedMnistSource


@dataclass(frozen=True, kw_only=True)
class WorkItem:
    """One sample to be made. Carries private paths and headers: never written.

    Args:
        sample_id, study_id, patient_id: pseudonyms.
        private: the user's own names of the study, for the terminal.
        sources: by sequence, in the order of the task.
        mask: path of a NIfTI mask; "" = none.
        target: NaN where a number is not known.
        strata: classes that the split is balanced by.
        role: `"train_only"` or "".
        official: split that the source prescribes; "" = none.
        warnings: what whoever uses the record should know; safe to write down.
        images: one for each slice, where slices are the samples; see `images`.
    """

    sample_id: str
    study_id: str
    patient_id: str
    private: str
    sources: dict[str, Source]
    mask: str = ""
    target: tuple[float, ...]
    covariates: tuple[float, ...] = ()
    strata: tuple[str, ...] = ()
    role: str = ""
    official: str = ""
    facts: Facts = field(default_factory=Facts)
    warnings: tuple[str, ...] = ()
    images: tuple[ImageIds, ...] = ()

    @property
    def labelled(self) -> bool:
        """Whether anything is known of a target."""
        return not all(map(math.isnan, self.target))

    def digest(self, task: Task) -> str:
        """Digest of all that decides the record: sources, target, task, ids.

        Files count by size and modification time, so a study that changed since an
        interrupted run is read again.
        """
        files = {
            sequence: [source.part, [_stamp(path) for path in source.files]]
            for sequence, source in self.sources.items()
        }
        content = {
            "files": files,
            "mask": _stamp(self.mask) if self.mask else "",
            "ids": [self.sample_id, self.study_id, self.patient_id],
            "target": [repr(value) for value in self.target],
            "covariates": [repr(value) for value in self.covariates],
            "facts": asdict(self.facts),
            "task": [task.spec, task.grid.reference],
        }
        if self.images:
            content["images"] = [asdict(ids) for ids in self.images]
        text = json.dumps(content, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def _stamp(path: str) -> list[str | int]:
    try:
        status = os.stat(path)
    except OSError:
        return [path, -1, -1]
    return [path, status.st_size, status.st_mtime_ns]


@dataclass(frozen=True, kw_only=True)
class Rejection:
    """A study that is left out.

    All but `private`, `shown`, `whose` and `instead` is safe to write down.

    Args:
        shown: the problem in the user's own ids, for the terminal; "" = `problem`.
        excluded: by a criterion of the task, so nobody's fault.
        whose: the user's own ids of it; `private` says more.
        subject, instead: as in `StudyError`, to count studies by their cause.
    """

    study_id: str
    patient_id: str
    code: str
    problem: str
    cure: str
    private: str = ""
    shown: str = ""
    whose: str = field(default="", repr=False)
    excluded: bool = False
    subject: str = ""
    instead: tuple[str, ...] = field(default=(), repr=False)

    def text(self) -> str:
        """One line for the terminal."""
        word = "excluded" if self.excluded else "rejected"
        return f"{word}: {self.shown or self.problem} [{self.private}]. {self.cure}"
