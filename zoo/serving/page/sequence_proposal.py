"""Which NIfTI file may be which sequence, by its name and the rules of the task."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from pipelines.tasks.task import Task

_MASK = re.compile(r"(?i)(mask|seg|label|roi|tumou?r|lesion)")
_NO_WORD = re.compile(r"[^0-9a-z]+")
_BY_NAME, _BY_RULE = 2, 1  # how much a likeness counts
_MOST_LETTERS = 128  # of a name that regular expressions are asked about


@dataclass(frozen=True, kw_only=True)
class WantedSequence:
    """A sequence as a name and, by the task's rules, what descriptions may say of it.

    Args:
        descriptions: pairs of regular expressions: that is found, and that is not (""
            = none), of each rule that asks for a description.
    """

    name: str
    required: bool = True
    descriptions: tuple[tuple[str, str], ...] = ()


def of_task(task: Task) -> tuple[WantedSequence, ...]:
    """The sequences that a study of a task brings."""
    by_name = {sequence.name: sequence for sequence in task.sequences}
    if task.unit == "series":
        return tuple(WantedSequence(name=name) for name in task.acquired)
    return tuple(
        WantedSequence(
            name=name,
            required=by_name[name].required,
            descriptions=tuple(
                (rule.description, rule.not_description or "")
                for rule in by_name[name].rules
                if rule.description
            ),
        )
        for name in task.acquired
    )


def of_tasks(tasks: Sequence[Task]) -> tuple[WantedSequence, ...]:
    """The sequences that a study of several tasks brings, each once.

    Required is what every task requires: where another is missing, the members of its
    task abstain.
    """
    by_task = [{one.name: one for one in of_task(task)} for task in tasks]
    every = {name: one for named in by_task for name, one in named.items()}
    return tuple(
        replace(
            one,
            required=all(name in named and named[name].required for named in by_task),
        )
        for name, one in every.items()
    )


def sequences(files: Sequence[str], wanted: Sequence[WantedSequence]) -> dict[str, str]:
    """By sequence the file that its name speaks for, none twice.

    A converter writes the description of a series into the file's name, where the
    task's rules find it; others write the sequence's own name. One file for one
    sequence needs no name.
    """
    if len(files) == 1 and len(wanted) == 1:
        return {wanted[0].name: files[0]}
    likeness = {
        (sequence.name, file): _likeness(sequence, file)
        for sequence in wanted
        for file in files
    }
    proposed: dict[str, str] = {}
    for (name, file), value in sorted(
        likeness.items(), key=lambda item: -item[1]
    ):  # stable: of equals the first
        if value and name not in proposed and file not in proposed.values():
            proposed[name] = file
    return {one.name: proposed[one.name] for one in wanted if one.name in proposed}


def mask(files: Sequence[str]) -> str | None:
    """The one file whose name says that it is a mask; none where several or no do."""
    named = [file for file in files if _MASK.search(PurePosixPath(file).name)]
    return named[0] if len(named) == 1 else None


def _likeness(sequence: WantedSequence, file: str) -> float:
    stem = PurePosixPath(file.replace("\\", "/")).name.split(".nii")[0][:_MOST_LETTERS]
    value = 0.0
    name, words = _squeezed(sequence.name), _NO_WORD.split(stem.lower())
    if name and name in _squeezed(stem):
        value += _BY_NAME + len(name) / 100  # T1c before T1
    elif any(len(word) > 1 and name.startswith(word) for word in words):
        value += _BY_NAME / 2  # t2 for T2WI
    for found, not_found in sequence.descriptions:
        if re.search(found, stem, re.IGNORECASE) and not (
            not_found and re.search(not_found, stem, re.IGNORECASE)
        ):
            value += _BY_RULE
            break
    return value


def _squeezed(text: str) -> str:
    """Letters and digits alone; of scripts without such, the text."""
    return _NO_WORD.sub("", text.lower()) or text.strip().lower()
