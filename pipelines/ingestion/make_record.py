"""One order becomes one record file, or an error: the part that workers run."""

import errno
import functools
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import SimpleITK as sitk

from pipelines.canonical.canonicalise import canonicalise
from pipelines.errors import DataError, StudyError
from pipelines.ingestion.work_item import (
    DicomSource,
    MedMnistSource,
    NiftiSource,
    Source,
    WorkItem,
)
from pipelines.readers import medmnist, nifti
from pipelines.readers.dicom import scan
from pipelines.readers.volume import Study, Volume
from pipelines.records.encode import Sample, checksum, encode
from pipelines.tasks.task import Task

NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)


@dataclass(frozen=True, kw_only=True)
class RecordNote:
    """What is known of a record once it is written.

    Args:
        digest: of the order that it was made from.
        checksum: SHA-256 of the record, 64 hex digits.
        clipped: clipped voxels by channel.
    """

    digest: str
    checksum: str
    clipped: tuple[int, ...]
    volume_hash: str


def read_source(source: Source, sequence: str) -> Volume:
    """Reads the voxels of one sequence.

    Raises:
        StudyError: the file can't be read as what it should be.
    """
    match source:
        case DicomSource():
            image, plane = scan.read_image(source.series), source.series.plane
        case NiftiSource():
            image = nifti.read_image(source.path, frame=source.frame)
            plane = nifti.header(source.path).plane
        case MedMnistSource():
            image = medmnist.image(_medmnist(source.path).images[source.index])
            plane = "axial"
    return Volume(image=image, sequence=sequence, plane=plane)


@functools.lru_cache(maxsize=1)
def _medmnist(path: str) -> medmnist.MedMnist:
    return medmnist.read(path)


def read_study(work_item: WorkItem) -> Study:
    """Reads all the volumes of an order, and its mask."""
    volumes = {
        sequence: read_source(source, sequence)
        for sequence, source in work_item.sources.items()
    }
    return Study(
        study_id=work_item.study_id,
        patient_id=work_item.patient_id,
        volumes=volumes,
        mask=nifti.read_image(work_item.mask) if work_item.mask else None,
        facts=work_item.facts,
    )


def make_record(work_item: WorkItem, task: Task) -> tuple[bytes, RecordNote]:
    """Reads, canonicalises and encodes one order, in memory."""
    canonical = canonicalise(read_study(work_item), task)
    sample = Sample(
        sample_id=work_item.sample_id,
        study_id=work_item.study_id,
        patient_id=work_item.patient_id,
        canonical=canonical,
        target=work_item.target,
        covariates=work_item.covariates,
    )
    encoded = encode(sample, task)
    finished = RecordNote(
        digest=work_item.digest(task),
        checksum=encoded.checksum,
        clipped=tuple(int(count) for count in encoded.clipped),
        volume_hash=encoded.volume_hash,
    )
    return encoded.record, finished


def record_path(folder: str | Path, work_item: WorkItem) -> Path:
    """Where the record of an order lies until it goes into a shard."""
    return Path(folder) / f"{work_item.sample_id}.record"


def _keep(
    record: bytes, finished: RecordNote, work_item: WorkItem, folder: str
) -> None:
    """Writes record and note plainly: a note that reads, with the checksum of what
    lies beside it, is what says that the record is whole."""
    record_path(folder, work_item).write_bytes(record)
    _note_path(folder, work_item).write_text(json.dumps(asdict(finished)))


def _note_path(folder: str | Path, work_item: WorkItem) -> Path:
    return Path(folder) / f"{work_item.sample_id}.json"


def work(work_item: WorkItem, task: Task, folder: str) -> RecordNote | StudyError:
    """Writes `<sample_id>.record` and its `.json` below `folder`.

    A fault of the study is returned, not raised; a fault of the machine (no room on
    the disk) is raised.
    """
    try:
        sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
        record, finished = make_record(work_item, task)
        _keep(record, finished, work_item, folder)
        return finished
    except StudyError as error:
        return error
    except MemoryError:
        return StudyError(
            code="out_of_memory",
            problem="the study does not fit into memory",
            cure="Run with fewer --workers, or take the study out",
        )
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DataError(no_room(error)) from None
        return unexpected(error)
    except Exception as error:
        return unexpected(error)


def no_room(error: OSError) -> str:
    """What to say when the disk takes no more."""
    return (
        f"the disk takes no more ({os.strerror(error.errno)}). Free some space and run "
        "the same command again: finished studies are kept"
    )


def unexpected(error: Exception) -> StudyError:
    """A fault that no check foresaw, as a rejection; its text stays on the terminal."""
    return StudyError(
        code="unexpected",
        problem=f"reading the study ended in {type(error).__name__}",
        cure="Look at the study with a viewer; if it is sound, report this",
        private=str(error),
    )


def finished_before(work_item: WorkItem, task: Task, folder: str) -> RecordNote | None:
    """The note of a record that an interrupted run left whole, if it still holds."""
    try:
        fields = json.loads(_note_path(folder, work_item).read_text())
        finished = RecordNote(
            **{k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
        )
        record = record_path(folder, work_item).read_bytes()
    except (OSError, ValueError, TypeError):
        return None
    same = finished.digest == work_item.digest(task)
    return finished if same and finished.checksum == checksum(record) else None
