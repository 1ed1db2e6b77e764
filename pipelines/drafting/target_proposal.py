"""The target of a task, by what the columns of a label table hold."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipelines.drafting import covariate_proposal, target_fit, target_rows
from pipelines.drafting.class_order import in_order
from pipelines.drafting.column_kinds import Column, is_known
from pipelines.drafting.covariate_proposal import is_usual
from pipelines.drafting.label_table import LabelFacts
from pipelines.drafting.questions import Asker, Question, parts
from pipelines.drafting.target_fit import Candidate
from pipelines.drafting.target_text import PLACEHOLDER, on_one_line, text
from pipelines.errors import UsageError
from pipelines.tasks.target import Target
from pipelines.tasks.target_kinds import LABEL_KINDS

_RESERVED = ("role", "site", "patient_id", "study_id", "series_id")  # ingest's own
_OTHER = "not"  # before the class that a single study is told from
_CALLED = re.compile(
    r"label|class|target|diagnos|outcome|ground.?truth|诊断|类别|标签", re.IGNORECASE
)


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
    able = _candidates(columns, facts)
    chosen = _chosen(able, asker)
    target = _target(chosen, asker) if chosen else None
    taken = [one.column.name for one in chosen]
    covariates = covariate_proposal.propose(columns, taken, asker)
    if target is None:
        why = "" if able else "no column of the label table holds classes or numbers"
        return TargetProposal(
            text=PLACEHOLDER,
            covariates=covariates.names,
            covariate_levels=covariates.levels,
            comments=_comments([why] if why else [], covariates.comments),
            placeholder=True,
        )
    classes_of = target_rows.classes_of(target, facts.cells)
    unlabelled = len(facts.without_row) + len(facts.cells) - len(classes_of)
    return TargetProposal(
        text=text(target, target_rows.counts(target, facts.cells)),
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


def _candidates(columns: Sequence[Column], facts: LabelFacts) -> dict[str, Candidate]:
    """By title, those in which the studies differ.

    One study can't differ from itself: something is tried with it, for which its class
    gets another one to be told from.
    """
    able = {}
    for column in columns:
        cells = (row[column.name] for row in facts.cells.values())
        values = Counter(cell for cell in cells if is_known(cell))
        if len(facts.cells) == 1 and column.kind == "class" and values:
            values.update({f"{_OTHER} {name}": 0 for name in tuple(values)})
        if len(values) > 1:
            able[column.name] = Candidate(column=column, values=values)
    return able


def _chosen(able: Mapping[str, Candidate], asker: Asker) -> list[Candidate]:
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


def _likely(able: Mapping[str, Candidate]) -> str:
    """The one that is called so, or the only one that is no covariate; "" = no one."""
    names = [name for name in able if not is_usual(name)]
    called = [name for name in names if _CALLED.search(name)]
    for group in (called, [n for n in names if able[n].column.kind == "class"], names):
        if group:
            return group[0] if len(group) == 1 else ""
    return ""


def _target(chosen: Sequence[Candidate], asker: Asker) -> Target:
    columns = tuple(one.column.name for one in chosen)
    able = target_fit.kinds(chosen)
    if not able:
        raise UsageError(
            "a target is one column of classes, or several columns of 0 and 1, or "
            f"several of numbers. Received: {', '.join(columns)}"
        )
    kind = able[0]
    if len(able) > 1:
        shown = ", ".join(in_order(chosen[0].values))
        kind = asker.ask(
            Question(
                key="target_kind",
                text=f"Which kind of target is {columns[0]}, of {shown}? (Ordinal: "
                "classes in an order; classification: only different.)",
                choices=able,
                default=able[0],
            )
        )
    classes: tuple[str, ...] = ()
    if LABEL_KINDS[kind].single_label:
        classes = in_order(chosen[0].values)
    elif LABEL_KINDS[kind].has_classes:
        classes = columns
    return Target(kind=kind, columns=columns, classes=classes)


def _of_target(chosen: Sequence[Candidate], unlabelled: int) -> list[str]:
    comments = [
        f"some cells of {one.column.name} are not as ingest wants (see the draft)"
        for one in chosen
        if one.column.fault
    ]
    comments += [
        f"There is one study, and so one class of {one.column.name}: the other one is "
        "invented, to try something with. Nothing is learned by it."
        for one in chosen
        if one.column.kind == "class" and 0 in one.values.values()
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
