"""What a served ensemble says of its tasks, for each of which it wants a record."""

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.errors import DataError
from zoo.ensembling.task_groups import TaskGroup
from zoo.serving.description import Description

FORMAT = 1
OUTPUT = "tasks"  # of the signature `describe`
START = "examples_"  # of the inputs' names
VOTES = "member_votes"  # of `serve_examples`: 1 of each member that votes
MEMBER = "member_"  # before the name of an output: what each member says
_NO_WORD = re.compile(r"[^0-9A-Za-z]+")


@dataclass(frozen=True, kw_only=True)
class DescribedTask:
    """A task of several whose members answer together.

    Args:
        input: of `serve_examples`, which takes its records.
        description: the task, and what its members see of it.
        members: names of those that take its records.
    """

    input: str
    description: Description
    members: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TasksDescription:
    """All tasks of an ensemble; it tells nothing of any patient or place.

    Args:
        members: names, in the order in which the model answers of them.
        tasks: in the order of the first member of each.
    """

    members: tuple[str, ...]
    tasks: tuple[DescribedTask, ...]

    def __post_init__(self):
        names = [name for task in self.tasks for name in task.members]
        once = len({*names}) == len(names)
        if not once or sorted(names) != sorted(self.members):
            raise ValueError(
                "each member is of one task. "
                f"Received: {', '.join(self.members)}, of tasks {', '.join(names)}"
            )

    def to_json(self) -> str:
        """The text that `from_json` reads: by the name of the input what goes in it."""
        tasks = {
            task.input: {
                "spec": task.description.task.spec,
                "members": list(task.members),
                "description": json.loads(task.description.to_json()),
            }
            for task in self.tasks
        }
        content = {"format": FORMAT, "members": list(self.members), "tasks": tasks}
        return json.dumps(content, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> "TasksDescription":
        """Reads what a served ensemble says by the signature `describe`.

        Raises:
            DataError: no such text, one of a newer version, or a task of which this
                version makes other records.
        """
        try:
            content = json.loads(text)
            if content["format"] != FORMAT:
                raise DataError(
                    f"the model describes its tasks in format {content['format']!r}, "
                    f"and this version reads {FORMAT}. Take the version of the "
                    "software that exported it"
                )
            read = cls(
                members=tuple(content["members"]),
                tasks=tuple(
                    DescribedTask(
                        input=name,
                        description=Description.from_json(
                            json.dumps(task["description"])
                        ),
                        members=tuple(task["members"]),
                    )
                    for name, task in content["tasks"].items()
                ),
            )
            specs = [task["spec"] for task in content["tasks"].values()]
        except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
            raise DataError(
                "the model does not describe its tasks: a JSON object of a task for "
                f"each input is wanted. Received: {text[:200]!r}. Ask a model that "
                "`python -m zoo.export` wrote"
            ) from None
        for task, spec in zip(read.tasks, specs, strict=True):
            _check_spec(task, spec)
        return read


def of_groups(members: Sequence[str], groups: Sequence[TaskGroup]) -> TasksDescription:
    """The tasks of an ensemble's members.

    Args:
        members: names of all, in the ensemble's order.
    """
    inputs = input_names([group.facts.task.name for group in groups])
    return TasksDescription(
        members=tuple(members),
        tasks=tuple(
            DescribedTask(
                input=name,
                description=Description(
                    task=group.facts.task,
                    covariates=group.facts.covariates,
                    channels=_channels(group),
                ),
                members=tuple(member.name for member in group.members),
            )
            for name, group in zip(inputs, groups, strict=True)
        ),
    )


def input_names(tasks: Sequence[str]) -> tuple[str, ...]:
    """Of each task the input of `serve_examples`: letters, digits and `_` of ASCII.

    Whatever else a name has becomes `_`; names that are then equal, capitals or not,
    get a number, and one of which nothing is left is called `task`.

    >>> input_names(["brain-t1", "Brain T1", "뇌", "größe"])
    ('examples_brain_t1', 'examples_Brain_T1_2', 'examples_task', 'examples_groe')
    """
    names = []
    for task in tasks:
        plain = unicodedata.normalize("NFKD", task).encode("ascii", "ignore").decode()
        word = _NO_WORD.sub("_", plain).strip("_") or "task"
        name, number = word, 2
        taken = {one.lower() for one in names}
        while name.lower() in taken:
            name, number = f"{word}_{number}", number + 1
        names.append(name)
    return tuple(START + name for name in names)


def _channels(group: TaskGroup) -> tuple[str, ...]:
    """Those that any of its members sees, in the task's order."""
    runs = [run for member in group.members for run in member.runs.values()]
    seen = {name for run in runs for name in run.channels}
    return tuple(name for name in group.facts.task.channels if name in seen)


def _check_spec(task: DescribedTask, spec: str) -> None:
    made = task.description.task.spec
    if made != spec:
        raise DataError(
            f"the model takes records of spec {spec} as {task.input}, and of that task "
            f"this version of the software makes records of spec {made}. Take the "
            "version that exported the model, or export the ensemble anew"
        )
