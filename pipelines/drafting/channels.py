"""The sequences that a source offers, and where the stacks of each study lie."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from pipelines.drafting import drafted_sequences, kinds, overview, stack
from pipelines.drafting.drafted_sequences import DraftedSequence
from pipelines.drafting.kinds import Kind
from pipelines.drafting.overview import Overview
from pipelines.drafting.stack import Stack, Stacks
from pipelines.drafting.survey import Survey
from pipelines.errors import DataError, StudyError
from pipelines.ingestion.study_fault import attempt
from pipelines.readers import nifti, nifti_shells
from pipelines.readers.nifti_table import TableRow
from pipelines.tasks import sequence as tasks


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What a task may take.

    Args:
        kinds: of DICOM series; a table of volumes has none.
        stacks: by study and sequence; what makes no volume is left out.
    """

    sequences: tuple[DraftedSequence, ...]
    overview: Overview
    kinds: tuple[Kind, ...] = ()
    stacks: Stacks = field(default_factory=dict, repr=False)


def of(survey: Survey) -> Offer:
    """Kinds of DICOM series, or the sequences that a table names.

    Raises:
        DataError: nothing of it is a sequence.
    """
    offer = _of_table(survey) if survey.rows else _of_dicom(survey)
    if not any(one.studies for one in offer.sequences):
        shown = ", ".join(sorted({row[0] for row in offer.overview.rows}))
        raise DataError(
            "no series of the source is one that a task could take: it has no "
            "position, no even distance of slices, or headers do not tell what it is. "
            f"Received: {shown}"
        )
    return offer


def _of_dicom(survey: Survey) -> Offer:
    found = kinds.kinds_of(survey.series)
    sequences = drafted_sequences.of_kinds(found, survey.series)
    stacks: dict[str, dict[str, Stack]] = {}
    for one in sequences:
        for study, series in one.chosen.items():
            if (there := stack.of_series(series)) is not None:
                stacks.setdefault(study, {})[one.name] = there
    return Offer(
        sequences=_with_volumes(sequences, stacks),
        overview=overview.of_kinds(found),
        kinds=found,
        stacks=stacks,
    )


def _of_table(survey: Survey) -> Offer:
    stacks: dict[str, dict[str, Stack]] = {}
    numbers: Counter[str] = Counter()
    holders: dict[str, set[str]] = {}
    of_directions: set[str] = set()
    for study, rows in survey.rows.items():
        for row in rows:
            numbers[row.sequence] += 1
            holders.setdefault(row.sequence, set()).add(study)
            if row.sequence not in of_directions and _has_directions(row):
                of_directions.add(row.sequence)
            if (there := stack.of_nifti(row.path)) is not None:
                stacks.setdefault(study, {})[row.sequence] = there
    sequences = [
        DraftedSequence(
            sequence=tasks.Sequence(
                name=name, directions="trace" if name in of_directions else None
            ),
            studies=frozenset(holders[name]),
        )
        for name, _ in numbers.most_common()
    ]
    return Offer(
        sequences=_with_volumes(sequences, stacks),
        overview=overview.of_stacks(stacks, numbers),
        stacks=stacks,
    )


def _has_directions(row: TableRow) -> bool:
    """Whether a row names frames of several gradient directions."""
    if row.b_value is None:
        return False

    def gradients() -> int:
        frames = nifti.header(row.path).frames
        return len(nifti_shells.shell(row.path, frames, row.b_value).gradients)

    number = attempt(gradients)
    return not isinstance(number, StudyError) and number > 1


def _with_volumes(
    sequences: Sequence[DraftedSequence], stacks: Stacks
) -> tuple[DraftedSequence, ...]:
    """With the studies alone of which the headers make a volume."""
    return tuple(
        replace(
            one,
            studies=frozenset(
                study for study in one.studies if one.name in stacks.get(study, {})
            ),
        )
        for one in sequences
    )
