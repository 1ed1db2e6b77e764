"""Studies that are there twice: the same voxels under two ids."""

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeVar

from pipelines.errors import StudyError

Sample = TypeVar("Sample", bound=Hashable)


def duplicate_groups(rows: Iterable[tuple[Sample, str]]) -> list[tuple[Sample, ...]]:
    """Groups of samples whose volumes are the same.

    Args:
        rows: id and hash of the volume of every sample (or of a sequence of it). Whose
            hash is empty is no one's duplicate.

    Returns:
        The groups of two or more, and the ids in each, in the order of `rows`: the
        first id of a group is the one to keep.
    """
    groups: dict[str, dict[Sample, None]] = {}
    for sample_id, volume_hash in rows:
        if volume_hash:
            groups.setdefault(volume_hash, {})[sample_id] = None
    return [tuple(ids) for ids in groups.values() if len(ids) > 1]


def rejection(
    other: str, *, same_patient: bool, channels: Sequence[str] = ()
) -> StudyError:
    """Why a later copy is left out: it would count a study twice, and could leak.

    Args:
        other: what the other one is called, by its pseudonym or on the terminal.
        channels: the sequences that are copies, where not all are known to be.
        same_patient: whether the copy goes by the same patient id. If not, the two
            could land in different splits, and one of the labels is doubtful.
    """
    if channels:
        return StudyError(
            code="duplicate_sequence",
            problem=f"the voxels of its {' and '.join(channels)} are those of {other}, "
            "of another patient id",
            cure="Find out whose they are, and remove the other copy and its label",
            subject=" and ".join(channels),
        )
    if same_patient:
        return StudyError(
            code="duplicate_study",
            problem=f"its voxels are those of {other}, of the same patient",
            cure="Remove one of the two copies from the source",
        )
    return StudyError(
        code="duplicate_study",
        problem=f"its voxels are those of {other}, of another patient id",
        cure="Find out whose study it is, and remove the other copy and its label",
    )
