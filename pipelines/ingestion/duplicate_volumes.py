"""Studies that are the same pixels under two ids: one is kept, or none."""

from pipelines.cohort.duplicates import duplicate_groups, rejection
from pipelines.errors import StudyError
from pipelines.ingestion.make_record import RecordNote
from pipelines.ingestion.work_item import WorkItem


def twins(
    work_items: dict[str, WorkItem], finished: dict[str, RecordNote]
) -> dict[str, StudyError]:
    """By sample_id, why a sample is left out whose voxels stand under another id.

    Of one patient's copies the first by sample_id is kept. Under two patients the same
    voxels could leak from one split to another, and nobody can tell whose they are:
    then none is kept.
    """
    rows = [
        (sample_id, finished[sample_id].volume_hash) for sample_id in sorted(finished)
    ]
    faults = {}
    for kept, *copies in duplicate_groups(rows):
        patients = {work_items[sample_id].patient_id for sample_id in (kept, *copies)}
        same = len(patients) == 1
        for sample_id in copies:
            faults[sample_id] = rejection(kept, same_patient=same)
        if not same:
            faults[kept] = rejection(copies[0], same_patient=False)
    return faults
