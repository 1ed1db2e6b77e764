"""Whether a task can find the centre of its grid from the images."""

from collections.abc import Sequence

from pipelines.tasks import sequence as tasks
from pipelines.tasks.steps import Steps


def check(
    centre: str,
    centre_of: Sequence[str],
    *,
    reference: str | None,
    sequences: Sequence[tasks.Sequence],
    unit: str,
    steps: Steps,
) -> None:
    """Holds what finds the centre against the rest of the task.

    Args:
        centre, centre_of, reference: of the grid.

    Raises:
        ValueError: a sequence that a study may lack, another one than the reference, or
            a step that says itself where the grid lies.
    """
    if centre == "middle":
        return
    required = [one.name for one in sequences if one.required]
    if unit != "study" or not {*centre_of} <= {*required}:
        raise ValueError(
            "grid.centre_of names required sequences of a study, of "
            f"{required}. Received: {list(centre_of)}, unit={unit!r}"
        )
    reference = reference or sequences[0].name
    if centre == "centroid" and (*centre_of,) != (reference,):
        raise ValueError(
            "grid.centre = 'centroid' is of the reference sequence "
            f"{reference!r}. Received: {list(centre_of)}"
        )
    if steps.wants_mask or steps.background_crop:
        raise ValueError(
            "there is one centre: grid.centre, or that of steps.background_crop, "
            "steps.roi_share or steps.roi_slices. "
            f"Received: centre={centre!r} and such a step"
        )
