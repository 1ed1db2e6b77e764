"""Studies that are the same pixels under two ids: one is kept, or none."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipelines.cohort import duplicates
from pipelines.errors import StudyError
from pipelines.ingestion.make_record import RecordNote
from pipelines.ingestion.work_item import WorkItem
from pipelines.tasks.task import Task


@dataclass(frozen=True, kw_only=True)
class Twin:
    """Why a sample is left out, and the same in the user's own ids."""

    error: StudyError
    shown: str


def twins(
    work_items: Mapping[str, WorkItem], finished: Mapping[str, RecordNote], task: Task
) -> dict[str, Twin]:
    """By sample_id, why a sample is left out whose voxels stand under another id.

    Of one patient's copies the first by sample_id is kept. Under two patients the same
    voxels could leak from one split to another, and nobody can tell whose they are:
    then none is kept. That holds for a single sequence as well, whatever the others
    are.
    """
    twins: dict[str, Twin] = {}

    def reject(sample_id: str, other: str, channels: tuple[str, ...]) -> None:
        same = work_items[sample_id].patient_id == work_items[other].patient_id
        error, shown = (
            duplicates.rejection(name, same_patient=same, channels=channels)
            for name in (f"sample {other}", work_items[other].private)
        )
        twins.setdefault(sample_id, Twin(error=error, shown=shown.problem))

    for kept, *copies in duplicates.duplicate_groups(_whole(finished)):
        patients = {work_items[sample_id].patient_id for sample_id in (kept, *copies)}
        for sample_id in copies:
            reject(sample_id, kept, ())
        if len(patients) > 1:
            reject(kept, _of_another(kept, copies, work_items), ())
    for group in duplicates.duplicate_groups(_by_channel(finished)):
        samples = dict.fromkeys(sample_id for sample_id, _ in group)
        if len({work_items[sample_id].patient_id for sample_id in samples}) > 1:
            for sample_id, channel in group:
                other = _of_another(sample_id, samples, work_items)
                reject(sample_id, other, (task.channels[channel],))
    return twins


def _whole(finished: Mapping[str, RecordNote]) -> list[tuple[str, str]]:
    return [
        (sample_id, finished[sample_id].volume_hash) for sample_id in sorted(finished)
    ]


def _by_channel(
    finished: Mapping[str, RecordNote],
) -> list[tuple[tuple[str, int], str]]:
    """Sample and channel, and the hash of what that channel was made of."""
    return [
        ((sample_id, channel), hashes.partition("-")[0])
        for sample_id in sorted(finished)
        for channel, hashes in enumerate(finished[sample_id].channel_hashes)
    ]


def _of_another(
    sample_id: str, samples: Iterable[str], work_items: Mapping[str, WorkItem]
) -> str:
    """The first of `samples` that belongs to another patient."""
    patient_id = work_items[sample_id].patient_id
    return next(s for s in samples if work_items[s].patient_id != patient_id)
