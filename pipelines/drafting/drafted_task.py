"""The task file of a source: what is proposed for each table of it, put together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipelines.drafting import (
    derivation_hints,
    grid_proposal,
    inclusion_proposal,
    registration_proposal,
    selection,
    sequence_sections,
    split_proposal,
    target_proposal,
)
from pipelines.drafting.channels import Offer
from pipelines.drafting.drafted_sequences import DraftedSequence
from pipelines.drafting.label_table import LabelFacts
from pipelines.drafting.overview import HEADINGS
from pipelines.drafting.questions import Asker, Question
from pipelines.drafting.survey import Survey
from pipelines.drafting.target_proposal import TargetProposal
from pipelines.drafting.task_text import Section, table, text_of
from pipelines.storage.config_files import toml_line, toml_value
from pipelines.tasks.target import Target
from pipelines.terminal.table import align

_WHAT = Question(
    key="learn",
    text="There are no labels. What is to be learned: labels that you will have, or "
    "which sequence a series is (which needs none)?",
    choices=("labels", "sequence"),
    default="labels",
)
_STAND_IN = Target(classes=("one", "other"))


@dataclass(frozen=True, kw_only=True)
class DraftedTask:
    """A task file that is not written yet.

    Args:
        placeholder: whether the target is still to be named.
        provable: the same with any target in the place of one that is to be named.
    """

    text: str
    taken: tuple[DraftedSequence, ...]
    placeholder: bool
    provable: str


def drafted_task(
    name: str, survey: Survey, offer: Offer, labels: LabelFacts | None, asker: Asker
) -> DraftedTask:
    """Everything a task file says, from what there is and what is answered.

    Raises:
        UsageError: an answer that is none.
    """
    by_series = labels is None and asker.ask(_WHAT) == "sequence"
    taken = selection.taken(offer.sequences, asker, everything=by_series)
    unit = "series" if by_series else "study"
    channels = [one.name for one in taken]
    stacks = {
        study: {name: there[name] for name in channels if name in there}
        for study, there in offer.stacks.items()
        if there.keys() & set(channels)
    }
    target = _target(labels, asker, channels, by_series=by_series)
    classes = _patients(survey, taken, target, by_series=by_series)
    grid = grid_proposal.propose(stacks, channels, unit=unit)
    steps = registration_proposal.propose(stacks, channels, grid.grid.reference)
    inclusion = inclusion_proposal.propose(stacks, channels)
    split = split_proposal.propose(classes, survey.sites)
    before = [
        Section(text="", comments=tuple(_head(survey, offer))),
        _top(name, unit, labels, target),
        *sequence_sections.sections(offer.sequences, taken, studies=survey.number),
        *(() if by_series else derivation_hints.sections(offer.sequences)),
    ]
    behind = [
        Section(text=table("grid", grid.grid), comments=grid.comments),
        Section(text=_steps(steps), comments=steps.comments),
        Section(
            text=table("inclusion", inclusion.inclusion), comments=inclusion.comments
        ),
        Section(text=split.text.rstrip()),
    ]
    named = Section(text=target.text.rstrip(), comments=target.comments)
    stand_in = Section(text=table("target", _STAND_IN))
    return DraftedTask(
        text=text_of([*before, named, *behind]),
        taken=taken,
        placeholder=target.placeholder,
        provable=text_of([*before, stand_in, *behind]),
    )


def _steps(proposed: registration_proposal.RegistrationProposal) -> str:
    return f"[steps]\n{toml_line('registration', proposed.registration)}"


def _target(
    labels: LabelFacts | None, asker: Asker, channels: Sequence[str], *, by_series: bool
) -> TargetProposal:
    if not by_series:
        return target_proposal.propose(labels, asker)
    target = Target(source="sequence", classes=tuple(channels))
    return TargetProposal(
        text=table("target", target),
        covariates=(),
        covariate_levels={},
        classes_of={},
        comments=("Which sequence a series is: the name of the rule that takes it.",),
        placeholder=False,
    )


def _patients(
    survey: Survey,
    taken: Sequence[DraftedSequence],
    target: TargetProposal,
    *,
    by_series: bool,
) -> Mapping[str, int]:
    """How many patients of each class have all that is taken; "" = of none."""
    whole = frozenset.intersection(*(one.studies for one in taken))
    holders: dict[str, set[str]] = {}
    if by_series:
        holders = {one.name: set(one.studies) for one in taken if one.studies}
    for study in () if by_series else whole:
        known = target.classes_of.keys() & set(survey.ids_of(study))
        for name in {target.classes_of[one] for one in known}:
            holders.setdefault(name, set()).add(study)
    return {
        name: len({survey.patients[study] for study in studies})
        for name, studies in sorted(holders.items())
    } or {"": len({survey.patients[study] for study in whole}) or 1}


def _head(survey: Survey, offer: Offer) -> Iterator[str]:
    yield (
        f"Drafted by pipelines.draft from {survey.text}, of which it saw headers and "
        "tables alone. Whatever stands here is a proposal: the comments say why; "
        "docs/task-file.md (or pipelines.ingest --help-task) says what else may stand "
        "there."
    )
    yield ""
    yield "What there is:"
    rows = align([HEADINGS, *offer.overview.rows]).splitlines()
    yield from (f"  {row}" for row in rows)


def _top(
    name: str, unit: str, labels: LabelFacts | None, target: TargetProposal
) -> Section:
    text = [toml_line("name", name), toml_line("unit", unit)]
    comments: list[str] = []
    if labels is not None and labels.study_key == "accession_number":
        text.append(toml_line("study_key", labels.study_key))
    if labels is not None and labels.states_key:
        comments.append("key_column says which column of the labels says whose row.")
        column = toml_value({labels.key: labels.key_column})
        text.append(f"key_column = {column}")
    if target.covariates:
        text.append(toml_line("covariates", target.covariates))
    if target.covariate_levels:
        text.append(toml_line("covariate_levels", target.covariate_levels))
    if target.unlabelled:
        comments.append(
            f"{target.unlabelled} studies or patients have no label: they are left out "
            'and counted. "reject" makes a fault of it, "keep" takes them unlabelled, '
            "for semi-supervised training."
        )
        text.append(toml_line("missing_label", "skip"))
    return Section(text="\n".join(text), comments=tuple(comments))
