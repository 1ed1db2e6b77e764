"""The task of a data set whose samples are slices, from that of its studies."""

from dataclasses import replace

from pipelines.errors import UsageError
from pipelines.tasks.task import Task

KINDS = ("fractions", "folds", "validation_folds")


def of_images(task: Task) -> Task:
    """The task with one slice a record.

    A new study is judged by it, too: by the slice of the largest section.
    """
    return replace(
        task,
        grid=replace(task.grid, shape=(1, *task.grid.shape[1:])),
        steps=replace(task.steps, roi_slices=1),
    )


def check(task: Task) -> None:
    """Refuses a task whose images can't be dealt one by one.

    Raises:
        UsageError: it cuts no slices around a mask, or deals by site.
    """
    if not task.steps.roi_slices:
        raise UsageError(
            "--split-by image deals the slices around a mask, and the task "
            f"{task.name} cuts none (steps.roi_slices). Leave it out"
        )
    if task.split.kind not in KINDS:
        raise UsageError(
            f"--split-by image goes with split.kind {', '.join(KINDS)}. "
            f"Received: {task.split.kind}"
        )
