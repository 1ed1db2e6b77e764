"""Kinds become sequences of a task, each held against the real matcher."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipelines.cohort import sequence_matching
from pipelines.drafting import weighting as physics
from pipelines.drafting.header_index import HeaderIndex
from pipelines.drafting.kinds import Kind
from pipelines.drafting.rules import rules_of
from pipelines.errors import StudyError
from pipelines.readers.dicom.headers import Series
from pipelines.tasks import sequence as tasks
from pipelines.tasks.target import Target
from pipelines.tasks.task import Grid, Task

_PREFERENCES = ("most_slices", "last", "first", "fewest_slices")
_B_PREFERENCES = ("highest_b", "lowest_b")
# A task of one sequence, to ask the matcher about it; the rest of it is not looked at.
_TASK = Task(
    name="one sequence",
    sequences=(tasks.Sequence(name="any"),),
    target=Target(classes=("one", "other")),
    grid=Grid(shape=(1, 1, 1)),
)


@dataclass(frozen=True, kw_only=True)
class DraftedSequence:
    """A sequence that a task may have.

    Args:
        kind: that it is made of; none = a table of volumes names it.
        doubles: how many studies hold several series of it.
        wrong: how many series of others its rules take, too.
        studies: those of which the matcher takes a series of this kind.
    """

    sequence: tasks.Sequence
    kind: Kind | None = None
    doubles: int = 0
    wrong: int = 0
    studies: frozenset[str]
    chosen: Mapping[str, Series] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """Of the sequence."""
        return self.sequence.name

    @property
    def plane(self) -> str:
        """Of its slices, "" = not known here."""
        return self.kind.plane if self.kind else ""


def of_kinds(
    kinds: Sequence[Kind], studies: Mapping[str, tuple[Series, ...]]
) -> tuple[DraftedSequence, ...]:
    """A sequence for each kind but localizers and what has no name."""
    index = HeaderIndex(studies)
    place_of = {
        (study, index.series[place].key): place
        for study, places in index.places.items()
        for place in places
    }
    return tuple(
        _of_kind(kind, index, [place_of[m.study, m.series.key] for m in kind.members])
        for kind in kinds
        if kind.weighting not in (physics.LOCALIZER, physics.OTHER)
    )


def _of_kind(kind: Kind, index: HeaderIndex, places: Sequence[int]) -> DraftedSequence:
    (match, *or_match), wrong = rules_of(kind, index, places)
    plain = tasks.Sequence(name=kind.name, match=match, or_match=tuple(or_match))
    if any(member.series.directions for member in kind.members):
        plain = replace(plain, directions="trace")
    chosen, doubles = _assigned(plain, index, places)
    best = DraftedSequence(
        sequence=plain,
        kind=kind,
        doubles=doubles,
        wrong=wrong,
        studies=frozenset(chosen),
        chosen=chosen,
    )
    if not doubles:
        return best
    ahead = _B_PREFERENCES if kind.weighting in physics.DIFFUSION else ()
    for preference in (*ahead, *_PREFERENCES):
        sequence = replace(plain, match=replace(match, prefer=preference))
        chosen, _ = _assigned(sequence, index, places)
        if len(chosen) > len(best.studies):
            best = replace(
                best, sequence=sequence, studies=frozenset(chosen), chosen=chosen
            )
    return best


def _assigned(
    sequence: tasks.Sequence, index: HeaderIndex, places: Sequence[int]
) -> tuple[dict[str, Series], int]:
    """The series of each study that the matcher takes, and how often it can't say."""
    keys = {index.series[place].key for place in places}
    taken = index.any_rule(sequence.rules)
    task = replace(_TASK, sequences=(sequence,))
    chosen, doubles = {}, 0
    for study, there in index.places.items():
        candidates = tuple(index.series[place] for place in there if taken[place])
        if not candidates:
            continue
        try:
            series = sequence_matching.assign(candidates, task).get(sequence.name)
        except StudyError as error:
            doubles += error.code == "ambiguous_sequence"
            continue
        if series is not None and series.key in keys:
            chosen[study] = series
    return chosen, doubles
