"""The target of a task, by what the columns of a label table hold."""

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.drafting import covariate_proposal
from pipelines.drafting.class_order import graded, in_order
from pipelines.drafting.column_kinds import Column, is_known, number_in
from pipelines.drafting.covariate_proposal import is_numeric, is_usual
from pipelines.drafting.label_table import LabelFacts
from pipelines.drafting.questions import Asker, Question, parts
from pipelines.drafting.target_text import PLACEHOLDER, on_one_line, text
from pipelines.errors import UsageError

_RESERVED = ("role", "site", "patient_id", "study_id", "series_id")  # ingest's own
_CALLED = re.compile(
    r"label|class|target|diagnos|outcome|ground.?truth|诊断|类别|标签", re.IGNORECASE
)
_GRADES_OF_LEAST = 3  # names; of two, an order says nothing


@dataclass(frozen=True, kw_only=True)
class TargetProposal:
    """What is to be predicted, and what is known besides.

    Args:
        text: `[target]` as TOML.
        covariates: names of columns.
        covariate_levels: of those that hold words.
        classes_of: of every patient or study with a label, by the id of its row, the
            class that the split is balanced by; "" where there are none, as of numbers.
        comments: for the task file: no id, and of cells the names of classes alone.
        placeholder: whether nobody knows what is to be predicted.
        unlabelled: patients or studies without a label, in the table or for want of a
            row.
    """

    text: str
    covariates: tuple[str, ...] = ()
    covariate_levels: dict[str, tuple[str, ...]] = field(default_factory=dict)
    classes_of: Mapping[str, str] = field(default_factory=dict, repr=False)
    comments: tuple[str, ...] = ()
    placeholder: bool = False
    unlabelled: int = 0


def propose(facts: LabelFacts | None, asker: Asker) -> TargetProposal:
    """The target that the table has, asked for where that can't be seen.

    Args:
        facts: none = there is no label table, and the target is a placeholder.

    Raises:
        UsageError: an answer that does not fit the columns.
    """
    if facts is None:
        return TargetProposal(text=PLACEHOLDER, placeholder=True)
    columns = _usable(facts)
    able = {one.name: one for one in columns if _can_be_predicted(one, facts)}
    chosen = _chosen(able, asker)
    kind = _kind(chosen, facts, asker) if chosen else ""
    taken = [one.name for one in chosen]
    covariates = covariate_proposal.propose(columns, taken, asker)
    if not chosen:
        why = "" if able else "no column of the label table holds classes or numbers"
        return TargetProposal(
            text=PLACEHOLDER,
            covariates=covariates.names,
            covariate_levels=covariates.levels,
            comments=_comments([why] if why else [], covariates.comments),
            placeholder=True,
        )
    names = _classes(kind, chosen, facts)
    classes_of = _classes_of(kind, chosen, names, facts)
    unlabelled = len(facts.without_row) + len(facts.cells) - len(classes_of)
    return TargetProposal(
        text=text(kind, taken, names, _counts(kind, chosen, names, facts)),
        covariates=covariates.names,
        covariate_levels=covariates.levels,
        classes_of=classes_of,
        comments=_comments(_of_target(chosen, unlabelled), covariates.comments),
        unlabelled=unlabelled,
    )


def _usable(facts: LabelFacts) -> list[Column]:
    """Columns of values that a title stands over, each another."""
    titles = Counter(column.name for column in facts.columns)
    return [
        column
        for column in facts.columns
        if column.kind in ("class", "number", "count")
        and column.name
        and titles[column.name] == 1
        and re.sub(r"[\s_-]+", "_", column.name.casefold()) not in _RESERVED
    ]


def _can_be_predicted(column: Column, facts: LabelFacts) -> bool:
    """Whether the studies differ in it."""
    return len(_values(column, facts)) > 1


def _values(column: Column, facts: LabelFacts) -> dict[str, int]:
    """What the rows of studies say, and how many do; rows of others don't count."""
    cells = (row[column.name] for row in facts.cells.values())
    return Counter(cell for cell in cells if is_known(cell))


def _chosen(able: Mapping[str, Column], asker: Asker) -> list[Column]:
    if not able:
        return []
    question = Question(
        key="target",
        text="Which column is to be predicted? (Several of 0 and 1: labels that a "
        "study may have together; several of numbers: all of them.)",
        choices=tuple(able),
        default=_likely(able),
        several=True,
    )
    answer = asker.ask(question)
    return [able[name] for name in dict.fromkeys(parts(answer, question))]


def _likely(able: Mapping[str, Column]) -> str:
    """The one that is called so, or the only one that is no covariate; "" = no one."""
    names = [name for name in able if not is_usual(name)]
    called = [name for name in names if _CALLED.search(name)]
    for group in (called, [n for n in names if able[n].kind == "class"], names):
        if group:
            return group[0] if len(group) == 1 else ""
    return ""


def _kind(chosen: Sequence[Column], facts: LabelFacts, asker: Asker) -> str:
    if len(chosen) > 1:
        if all({*_values(one, facts)} <= {"0", "1"} for one in chosen):
            return "multilabel"
        if all(one.kind != "class" or is_numeric(one) for one in chosen):
            return "regression"
        raise UsageError(
            "a target is one column of classes, or several columns of 0 and 1, or "
            f"several of numbers. Received: {', '.join(one.name for one in chosen)}"
        )
    (column,) = chosen
    if column.kind != "class":
        return "regression"
    names = graded(_values(column, facts))
    if names is None or len(names) < _GRADES_OF_LEAST:
        return "classification"
    kinds = ("ordinal", "classification")
    return asker.ask(
        Question(
            key="target_kind",
            text=f"Are the classes {', '.join(names)} of {column.name} in an order "
            "(ordinal), or only different (classification)?",
            choices=(*kinds, "regression") if is_numeric(column) else kinds,
            default="ordinal",
        )
    )


def _classes(kind: str, chosen: Sequence[Column], facts: LabelFacts) -> tuple[str, ...]:
    if kind == "regression":
        return ()
    if kind == "multilabel":
        return tuple(column.name for column in chosen)
    return in_order(_values(chosen[0], facts))


def _classes_of(
    kind: str, chosen: Sequence[Column], names: Sequence[str], facts: LabelFacts
) -> dict[str, str]:
    """By row; of several labels it is the rarest, as the split takes it."""
    rows = {
        name: [row[column.name] for column in chosen]
        for name, row in facts.cells.items()
    }
    if kind == "regression":
        return {
            name: ""
            for name, cells in rows.items()
            if any(math.isfinite(number_in(cell)) for cell in cells)
        }
    if kind == "multilabel":
        positive = {
            name: [label for label, cell in zip(names, cells) if cell == "1"]
            for name, cells in rows.items()
            if any(is_known(cell) for cell in cells)
        }
        often = Counter(label for labels in positive.values() for label in labels)
        return {
            name: min(labels, key=lambda label: (often[label], label), default="")
            for name, labels in positive.items()
        }
    return {name: cells[0] for name, cells in rows.items() if is_known(cells[0])}


def _counts(
    kind: str, chosen: Sequence[Column], names: Sequence[str], facts: LabelFacts
) -> list[int]:
    """How many rows of studies have each class or label."""
    if kind == "multilabel":
        return [_values(column, facts).get("1", 0) for column in chosen]
    return [_values(chosen[0], facts)[name] for name in names]


def _of_target(chosen: Sequence[Column], unlabelled: int) -> list[str]:
    comments = [
        f"some cells of {column.name} are not as ingest wants (the draft says which)"
        for column in chosen
        if column.fault
    ]
    if unlabelled:
        comments.append(
            f"{unlabelled} without a label: missing_label says whether they are "
            'rejected, left out ("skip") or kept for semi-supervised training ("keep")'
        )
    return comments


def _comments(
    of_target: Sequence[str], of_covariates: Sequence[str]
) -> tuple[str, ...]:
    return tuple(map(on_one_line, (*of_target, *of_covariates)))
