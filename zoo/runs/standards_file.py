"""standards.json of a run: covariates and numbers as its training split has them."""

import itertools
import json
from pathlib import Path
from typing import Any

from pipelines.errors import DataError
from pipelines.storage import atomic_files, config_files
from pipelines.tasks.task import Task
from zoo.recipes.recipe import Recipe
from zoo.runs import json_objects
from zoo.targets.standardisation import NOTHING, Standards
from zoo.targets.target_output import outputs_of_task

_ON_DISK = {"column_statistics": "numbers"}  # of its fields, what the file calls them


def write(path: Path, standards: Standards) -> None:
    """Writes the file, whole or not at all; where there are none, there is no file."""
    if standards == NOTHING:
        return
    fields = config_files.plain(standards)
    content = {_ON_DISK.get(name, name): value for name, value in fields.items()}
    atomic_files.write_text(path, json.dumps(content, indent=1) + "\n")


def read(path: Path, recipe: Recipe, task: Task) -> Standards:
    """Those of a run, which fit its recipe and its task.

    Raises:
        DataError: the file is damaged, or standardises something else.
    """
    standards = _content(path) if path.is_file() else NOTHING
    columns = [output.standardised_columns for output in outputs_of_task(task)]
    wanted = (*recipe.head.covariates, *itertools.chain(*columns))
    standardised = (*standards.encoding.covariates, *standards.column_statistics)
    names = tuple(column.name for column in standardised)
    if names != wanted:
        raise DataError(
            f"{path} is not that of the run, which standardises "
            f"{', '.join(wanted) or 'nothing'}. Received: "
            f"{', '.join(names) or 'nothing'}. Copy the run again"
        )
    return standards


def _content(path: Path) -> Standards:
    fields = {on_disk: field for field, on_disk in _ON_DISK.items()}
    content: dict[str, Any] = json_objects.read(path)
    content = {fields.get(key, key): value for key, value in content.items()}
    return config_files.build(Standards, content, name=path.name)
