"""The tasks of a study under --quick: coarser grids, long steps left out."""

from pipelines.errors import DataError, UsageError
from pipelines.storage import config_files
from pipelines.tasks.task import Task
from pipelines.tasks.task import load as load_task
from zoo.studies.final_recipes import flat
from zoo.studies.request import Request


def quick_tasks(request: Request) -> dict[str, Task]:
    """By the name in the study file; empty where tasks stay as they are.

    Raises:
        UsageError: a change that the task refuses.
    """
    changes = flat(request.study.quick_task)
    if not (request.quick and changes):
        return {}
    names = {training.task or request.study.task for training in request.trainings}
    return {name: _changed(request, name, changes) for name in sorted(names)}


def _changed(request: Request, name: str, changes: dict) -> Task:
    fields = config_files.plain(load_task(name))
    for dotted, value in changes.items():
        *sections, field = dotted.split(".")
        section = fields
        for part in sections:
            section = section.setdefault(part, {})
        section[field] = value
    try:
        return config_files.build(Task, fields, name=name)
    except DataError as error:
        raise UsageError(
            f"study {request.name}, quick_task of {name}: {error}"
        ) from error
