"""Studies that are there twice: the same voxels under two ids."""

from collections.abc import Iterable

from pipelines.errors import StudyError


def duplicate_groups(rows: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Groups of samples whose volumes are the same.

    Args:
        rows: sample_id and hash of the volume of every sample. Whose hash is empty
            is no one's duplicate.

    Returns:
        The groups of two or more, and the ids in each, in the order of `rows`: the
        first id of a group is the one to keep.
    """
    groups: dict[str, dict[str, None]] = {}
    for sample_id, volume_hash in rows:
        if volume_hash:
            groups.setdefault(volume_hash, {})[sample_id] = None
    return [tuple(ids) for ids in groups.values() if len(ids) > 1]


def rejection(kept_id: str, *, same_patient: bool) -> StudyError:
    """Why a later copy is left out: it would count a study twice, and could leak.

    Args:
        kept_id: pseudonym of the sample that stays.
        same_patient: whether the copy goes by the same patient id. If not, the two
            could land in different splits, and one of the labels is doubtful.
    """
    if same_patient:
        return StudyError(
            code="duplicate_study",
            problem=f"its voxels are those of sample {kept_id} of the same patient",
            cure="Remove one of the two copies from the source",
        )
    return StudyError(
        code="duplicate_study",
        problem=f"its voxels are those of sample {kept_id} of another patient id",
        cure="Find out whose study it is, and remove the other copy and its label",
    )
