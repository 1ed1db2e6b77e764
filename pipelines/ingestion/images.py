"""Slices as samples that are dealt one by one, as some papers do it: that leaks.

Neighbouring slices of one tumour are nearly the same picture, so a network that trained
on one knows the other. For the sake of such a replication every slice is a record, and
what counts as a patient in splits and figures is the image. dataset.json says
`split_by = "image"`, and every output marks it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from pipelines.ingestion.cohort import Cohort, Names
from pipelines.ingestion.make_record import RecordNote
from pipelines.ingestion.work_item import ImageIds, WorkItem
from pipelines.tasks.task import Task


def with_images(cohort: Cohort, task: Task, names: Names) -> Cohort:
    """The cohort whose work items know the pseudonyms of each of their slices."""

    def ids(work_item: WorkItem, number: int) -> ImageIds:
        image = f"#image={number}"
        return ImageIds(
            sample_id=names.of("sample", work_item.sample_id + image),
            patient_id=names.of("patient", work_item.patient_id + image),
        )

    numbers = range(task.steps.roi_slices)
    work_items = tuple(
        replace(work_item, images=tuple(ids(work_item, number) for number in numbers))
        for work_item in cohort.work_items
    )
    return replace(cohort, work_items=work_items)


def samples(
    work_items: Iterable[WorkItem], notes: dict[str, RecordNote]
) -> Iterator[tuple[WorkItem, RecordNote]]:
    """Every record with who it is: a work item's own, or those of its images.

    Args:
        notes: by sample_id of the work items.
    """
    for work_item in work_items:
        note = notes[work_item.sample_id]
        if work_item.images:
            yield from zip(of_work_item(work_item), note.images, strict=True)
        else:
            yield work_item, note


def of_work_item(work_item: WorkItem) -> list[WorkItem]:
    """A work item for each image, or the one that has none."""
    return [
        replace(
            work_item, sample_id=ids.sample_id, patient_id=ids.patient_id, images=()
        )
        for ids in work_item.images
    ] or [work_item]
