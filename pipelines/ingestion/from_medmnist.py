"""A MedMNIST3D file as a cohort, with its official split."""

from pathlib import Path

from pipelines.errors import DataError, UsageError
from pipelines.ingestion.cohort import Cohort, Names
from pipelines.ingestion.work_item import MedMnistSource, WorkItem
from pipelines.readers import medmnist
from pipelines.tasks.task import Task


def cohort(path: Path, task: Task, names: Names) -> Cohort:
    """Every volume of the file is a patient of its own.

    Raises:
        UsageError: the task wants more than such a file has.
        DataError: the file is no MedMNIST3D file, or its labels are not the task's.
    """
    alone = len(task.sequences) == len(task.targets) == 1
    if not alone or not task.target.is_nominal:
        kinds = [target.kind for target in task.targets]
        raise UsageError(
            "a MedMNIST3D file wants a task with one sequence and a classification "
            f"target. Received: {len(task.sequences)} sequences, {', '.join(kinds)}"
        )
    content = medmnist.read(path)
    highest = int(content.labels.max())
    if highest >= len(task.target.classes):
        raise DataError(
            f"{path.name} has a label {highest}; the task {task.name} has "
            f"{len(task.target.classes)} classes (0 to {len(task.target.classes) - 1})"
        )
    work_items = []
    for index, (label, split) in enumerate(zip(content.labels, content.splits)):
        name = f"{path.stem}-{index}"
        work_items.append(
            WorkItem(
                sample_id=names.of("sample", name),
                study_id=names.of("study", name),
                patient_id=names.of("patient", name),
                private=f"volume {index}",
                sources={task.channels[0]: MedMnistSource(path=str(path), index=index)},
                target=(float(label),),
                strata=(task.target.classes[int(label)],),
                official=split if task.split.kind == "official" else "",
            )
        )
    return Cohort(
        work_items=tuple(sorted(work_items, key=lambda work_item: work_item.sample_id)),
        rejections=(),
    )
