"""Which of the sequences of a source a task takes as channels."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

from pipelines.drafting import weighting as physics
from pipelines.drafting.drafted_sequences import DraftedSequence
from pipelines.drafting.questions import Asker, Question, parts

_KEPT = 0.8  # of the studies, by every further channel
_PLANES = ("axial", "sagittal", "coronal")  # the first of those that are as usual
# Beside the images that they are computed of; who wants them, asks for them.
_COMPUTED = ("DWI_calculated", "EADC", "FA", "COLFA", "FIELD_MAP", "map")


def taken(
    sequences: Sequence[DraftedSequence], asker: Asker, *, everything: bool = False
) -> tuple[DraftedSequence, ...]:
    """The channels, in the order of what most studies hold.

    Args:
        sequences: one of them at least is held by a study.
        everything: each is taken, as where a network is to name series.
    """
    sequences = [one for one in sequences if one.studies]
    usual = sequences if everything else usual_ones(sequences)
    if len(sequences) == 1:
        return tuple(sequences)
    question = Question(
        key="sequences",
        text="Which sequences are the channels of a study? Found: "
        + ", ".join(f"{one.name} ({len(one.studies)} studies)" for one in sequences),
        choices=tuple(one.name for one in sequences),
        default=", ".join(one.name for one in usual),
        several=True,
    )
    names = parts(asker.ask(question), question)
    return tuple(one for one in sequences if one.name in names)


def usual_ones(sequences: Sequence[DraftedSequence]) -> tuple[DraftedSequence, ...]:
    """Those of one plane that four of five studies hold together.

    Of diffusion the highest b-value that was acquired, and the map.
    """
    plane = _plane(sequences)
    candidates = [
        one for one in sequences if one.plane in (plane, "") and not _is_computed(one)
    ]
    candidates = _one_diffusion(candidates)
    if not candidates:
        return tuple(sequences[:1])
    kept: list[DraftedSequence] = []
    together = frozenset().union(*(one.studies for one in candidates))
    everybody = len(together)
    for one in candidates:
        if len(together & one.studies) >= _KEPT * everybody:
            together &= one.studies
            kept.append(one)
    return tuple(kept or candidates[:1])


def _plane(sequences: Sequence[DraftedSequence]) -> str:
    numbers = Counter()
    for one in sequences:
        if one.kind is not None:
            numbers[one.plane] += len(one.studies)
    known = [plane for plane in _PLANES if numbers[plane]]
    return max(known, key=lambda plane: numbers[plane], default="")


def _is_computed(one: DraftedSequence) -> bool:
    kind = one.kind
    return kind is not None and (
        kind.weighting in _COMPUTED
        or any(word in kind.apart for word in ("projection", "subtraction", "derived"))
    )


def _one_diffusion(sequences: list[DraftedSequence]) -> list[DraftedSequence]:
    """Without all b-values but the highest that most studies hold."""
    diffusion = [
        one
        for one in sequences
        if one.kind is not None and one.kind.weighting in physics.DIFFUSION
    ]
    if not diffusion:
        return sequences
    by_studies = sorted(diffusion, key=lambda one: -len(one.studies))
    _, most = next(groupby(by_studies, key=lambda one: len(one.studies)))
    best = max(most, key=lambda one: (one.kind.weighting == "DWI", one.kind.b_values))
    return [one for one in sequences if one is best or one not in diffusion]
