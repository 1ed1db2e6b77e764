"""Studies that are not ingested yet, as pictures show them: on the task's grid."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from pipelines.canonical.canonicalise import canonicalise
from pipelines.errors import DataError, StudyError
from pipelines.ingestion.make_record import read_study
from pipelines.ingestion.study_fault import attempt
from pipelines.ingestion.work_item import WorkItem
from pipelines.inspection import centre_mark
from pipelines.inspection.contradictions import Person
from pipelines.inspection.slice_picture import Shown
from pipelines.tasks.task import Task


def samples(
    work_items: Sequence[WorkItem], task: Task, number: int
) -> tuple[list[Shown], list[str]]:
    """The first `number` studies, unregistered: as the scanner placed the sequences.

    Returns:
        What pictures show, by numbers alone (`study 1`), and for the terminal whose
        each is, or why there is no picture of it.

    Raises:
        DataError: none of them can be read.
    """
    unregistered = replace(task, steps=replace(task.steps, registration="none"))
    shown, lines = [], []
    for work_item in work_items[:number]:
        sample = attempt(lambda item=work_item: _shown(item, unregistered, len(shown)))
        if isinstance(sample, StudyError):
            lines.append(f"no picture of {work_item.private}: {sample}")
        else:
            lines.append(f"{sample.title}: {work_item.private}")
            shown.append(sample)
    if not shown:
        raise DataError("no study can be shown. " + " ".join(lines))
    return shown, lines


def persons(work_items: Sequence[WorkItem]) -> list[Person]:
    """What header and table say of whose study each is, by the user's own ids."""
    return [
        Person(
            name=work_item.private,
            sex=work_item.facts.sex,
            age_band=work_item.facts.age_band,
            covariates=work_item.covariates,
        )
        for work_item in work_items
    ]


def _shown(work_item: WorkItem, task: Task, before: int) -> Shown:
    canonical = canonicalise(read_study(work_item), task)
    voxels = canonical.voxels.astype(np.float32)
    foreground = voxels != np.array(canonical.fill, np.float32)
    present = np.array(canonical.present, bool)
    return Shown(
        title=f"study {before + 1}",
        volume=voxels,
        foreground=foreground & present,
        affine=canonical.affine,
        centre=centre_mark.centre_of(task),
    )
