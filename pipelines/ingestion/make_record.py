"""One work item becomes one record, or an error: the part that workers run."""

import functools
import hashlib
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import SimpleITK as sitk

from pipelines.canonical.canonicalise import Canonical, canonicalise, slice_of
from pipelines.cohort.maps import acquired_b_value
from pipelines.errors import StudyError
from pipelines.ingestion.study_fault import attempt
from pipelines.ingestion.work_item import (
    DicomSource,
    ImageIds,
    MedMnistSource,
    NiftiSource,
    Source,
    WorkItem,
)
from pipelines.readers import medmnist, nifti, nifti_shells
from pipelines.readers.dicom import scan
from pipelines.readers.volume import Study, Volume
from pipelines.records.encode import Encoded, Sample, checksum, encode
from pipelines.records.volume_hash import source_hash
from pipelines.tasks.by_image import of_images
from pipelines.tasks.derivation import parse
from pipelines.tasks.task import Task


@dataclass(frozen=True, kw_only=True)
class RecordNote:
    """What is known of a record once it is written.

    Args:
        digest: of the work item that it was made from.
        checksum: SHA-256 of the record, 64 hex digits.
        clipped: clipped voxels by channel.
        volume_hash, channel_hashes: see `pipelines.records.volume_hash`.
        images: of each slice, where slices are the records; the rest is then that of
            the study, whose own record is not kept.
    """

    digest: str
    checksum: str
    clipped: tuple[int, ...]
    volume_hash: str
    channel_hashes: tuple[str, ...]
    images: tuple["RecordNote", ...] = ()


def read_source(source: Source, sequence: str) -> Volume:
    """Reads the voxels of one sequence.

    Raises:
        StudyError: the file can't be read as what it should be.
    """
    b_value = None
    match source:
        case DicomSource():
            image, plane = scan.read_image(source.series), source.series.plane
            b_value = acquired_b_value(source.series)
        case NiftiSource():
            where = {"frame": source.frame, "b_value": source.b_value}
            image = nifti_shells.read(source.path, **where)
            header = nifti.header(source.path)
            plane, frames = header.plane, header.frames
            b_value = nifti_shells.b_value_of(source.path, frames, **where)
        case MedMnistSource():
            image = medmnist.image(_medmnist(source.path).images[source.index])
            plane = "axial"
    return Volume(image=image, sequence=sequence, plane=plane, b_value=b_value)


@functools.lru_cache(maxsize=1)
def _medmnist(path: str) -> medmnist.MedMnist:
    return medmnist.read(path)


def read_study(work_item: WorkItem) -> Study:
    """Reads all the volumes of a study, and its mask."""
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


def make_record(work_item: WorkItem, task: Task) -> Encoded:
    """Reads, canonicalises and encodes one study, in memory.

    The same for ingest and for prediction, whose work items have no ids and no target.

    Raises:
        StudyError: the study can't be read, or not be brought onto the task's grid.
    """
    study = read_study(work_item)
    return _encoded(work_item, study, canonicalise(study, task), task)


def _encoded(
    work_item: WorkItem, study: Study, canonical: Canonical, task: Task
) -> Encoded:
    encoded = encode(_sample(work_item, canonical), task)
    hashes = tuple(
        f"{source}-{near}"
        if near and (source := _source_hash(study, channel, task))
        else ""
        for channel, near in zip(task.channels, encoded.channel_hashes)
    )
    return replace(encoded, channel_hashes=hashes)


def _sample(work_item: WorkItem, canonical: Canonical) -> Sample:
    return Sample(
        sample_id=work_item.sample_id,
        study_id=work_item.study_id,
        patient_id=work_item.patient_id,
        canonical=canonical,
        target=work_item.target or None,
        covariates=work_item.covariates,
    )


def _source_hash(study: Study, channel: str, task: Task) -> str:
    """Of the voxels as they were read: no other sequence has a part in these.

    Of a derived channel those of all its sources; "" where one of these is a channel,
    which says the same.
    """
    sources: tuple[str, ...] = (channel,)
    if channel not in task.acquired:
        (expression,) = (o.derive for o in task.sequences if o.name == channel)
        sources = parse(expression).sources
        if {*sources} & {*task.channels}:
            return ""
    hashes = [
        source_hash(sitk.GetArrayViewFromImage(study.volumes[name].image))
        for name in sources
    ]
    if len(hashes) == 1:
        return hashes[0]
    return hashlib.sha256("".join(hashes).encode()).hexdigest()[:16]


def record_path(folder: str | Path, work_item: WorkItem | ImageIds) -> Path:
    """Where the record of a work item lies until it goes into a shard."""
    return Path(folder) / f"{work_item.sample_id}.record"


def _keep(record: bytes, note: RecordNote, work_item: WorkItem, folder: str) -> None:
    """Writes record and note plainly: a note that reads, with the checksum of what
    lies beside it, is what says that the record is whole."""
    record_path(folder, work_item).write_bytes(record)
    _note_path(folder, work_item).write_text(json.dumps(asdict(note)), encoding="utf-8")


def _note_path(folder: str | Path, work_item: WorkItem) -> Path:
    return Path(folder) / f"{work_item.sample_id}.json"


def work(work_item: WorkItem, task: Task, folder: str) -> RecordNote | StudyError:
    """Writes `<sample_id>.record` and its `.json` below `folder`.

    A fault of the study is returned, not raised.

    Raises:
        DataError: the disk takes no more.
    """
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    return attempt(lambda: _write(work_item, task, folder))


def _write(work_item: WorkItem, task: Task, folder: str) -> RecordNote:
    digest = work_item.digest(task)
    study = read_study(work_item)
    canonical = canonicalise(study, task)
    encoded = _encoded(work_item, study, canonical, task)
    note = _note(encoded, digest)
    if work_item.images:
        images = _images(work_item, canonical, task)
        for ids, image in zip(work_item.images, images, strict=True):
            record_path(folder, ids).write_bytes(image.record)
        note = replace(note, images=tuple(_note(image, digest) for image in images))
    _keep(b"" if work_item.images else encoded.record, note, work_item, folder)
    return note


def _images(work_item: WorkItem, canonical: Canonical, task: Task) -> list[Encoded]:
    """A record for each slice; of near copies the study as a whole knows."""
    stored = of_images(task)
    return [
        replace(
            encode(
                _sample(
                    replace(
                        work_item, sample_id=ids.sample_id, patient_id=ids.patient_id
                    ),
                    slice_of(canonical, number),
                ),
                stored,
            ),
            channel_hashes=(),
        )
        for number, ids in enumerate(work_item.images)
    ]


def _note(encoded: Encoded, digest: str) -> RecordNote:
    return RecordNote(
        digest=digest,
        checksum=encoded.checksum,
        clipped=tuple(int(count) for count in encoded.clipped),
        volume_hash=encoded.volume_hash,
        channel_hashes=encoded.channel_hashes,
    )


def finished_before(work_item: WorkItem, task: Task, folder: str) -> RecordNote | None:
    """The note of a record that an interrupted run left whole, if it still holds."""
    try:
        fields = json.loads(_note_path(folder, work_item).read_text(encoding="utf-8"))
        note = _read_note(fields)
        kept = zip(work_item.images or (work_item,), note.images or (note,))
        whole = all(
            one.checksum == checksum(record_path(folder, who).read_bytes())
            for who, one in kept
        )
    except (OSError, ValueError, TypeError):
        return None
    return note if note.digest == work_item.digest(task) and whole else None


def _read_note(fields: dict[str, Any]) -> RecordNote:
    images = tuple(map(_read_note, fields.pop("images", ())))
    plain = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
    return RecordNote(**plain, images=images)
