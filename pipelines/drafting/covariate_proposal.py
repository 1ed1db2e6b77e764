"""Which columns of a label table go into a task as covariates."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.drafting.class_order import in_order
from pipelines.drafting.column_kinds import Column, is_number
from pipelines.drafting.questions import Asker, Question, parts

_NONE = "none"
_USUAL = re.compile(
    r"(?:^|[^a-z])(?:age|alter|sex|gender|geschlecht|height|weight|bmi)"
    r"(?:[^a-z]|$)|年龄|性别|身高|体重",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True)
class CovariateProposal:
    """Covariates of a task.

    Args:
        names: of columns, as written.
        levels: of those that hold words.
        comments: for the task file.
    """

    names: tuple[str, ...] = ()
    levels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    comments: tuple[str, ...] = ()


def propose(
    columns: Sequence[Column], target: Sequence[str], asker: Asker
) -> CovariateProposal:
    """Asks which columns are covariates; the default is age, sex, height and weight.

    A column of which ingest could not read every cell is left out, for it would reject
    those studies. Nor is anything else taken unasked: it may hold the answer.

    Args:
        columns: that may be used at all.
        target: names of those that are predicted.
    """
    others = [one for one in columns if one.name not in target]
    able = {one.name: one for one in others if _is_readable(one)}
    comments = [
        f"{one.name} is no covariate yet: ingest can't read all of its cells as they "
        "are (the draft says which)"
        for one in others
        if one.name not in able and is_usual(one.name)
    ]
    if not able:
        return CovariateProposal(comments=tuple(comments))
    usual = [name for name in able if is_usual(name)]
    question = Question(
        key="covariates",
        text="Which columns are to be stored as covariates (known before the images)?",
        choices=(*able, _NONE),
        default=", ".join(usual) or _NONE,
        several=True,
    )
    answer = asker.ask(question)
    chosen = () if answer == _NONE else parts(answer, question)
    names = tuple(name for name in able if name in chosen)
    further = [name for name in able if name not in names]
    if further:
        comments.append(f"further columns that could be: {', '.join(further)}")
    return CovariateProposal(
        names=names,
        levels={
            name: in_order(value for value, _ in able[name].values)
            for name in names
            if not is_numeric(able[name])
        },
        comments=tuple(comments),
    )


def is_usual(title: str) -> bool:
    """Whether a title is of what is known of a person before any image."""
    return bool(_USUAL.search(title))


def is_numeric(column: Column) -> bool:
    """Whether ingest reads all of a column's cells as numbers."""
    return all(is_number(value) for value, _ in column.values)


def _is_readable(column: Column) -> bool:
    if column.fault or column.name == _NONE:
        return False
    return column.kind != "class" or is_numeric(column) or len(column.values) > 1
