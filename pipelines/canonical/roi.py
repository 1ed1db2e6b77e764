"""The part of a study that its mask asks for: a box, and which slices."""

import math

import numpy as np

from pipelines.canonical.sampling_grid import Box
from pipelines.errors import StudyError
from pipelines.tasks.steps import Steps

_EXACT = 1e-9  # 0.8 of 10 voxels are 8, whatever floats make of it
Range = tuple[int, int]  # first and last, both included


def no_mask() -> StudyError:
    """Why a study without a region of interest can't be cropped to one."""
    return StudyError(
        code="no_mask",
        problem="the study has no mask, and the task crops to one",
        cure="Name it in the column `mask` of the table, or of DICOM in the file of "
        "--masks, or leave steps.roi_share and steps.roi_slices out of the task",
    )


def mask_outside() -> StudyError:
    """Why a mask that is not empty may say nothing."""
    return StudyError(
        code="mask_outside",
        problem="the mask does not overlap the reference sequence",
        cure="Check that it was drawn on a sequence of this study, and that its file "
        "states the scanner's coordinates (LPS or RAS millimetres by its affine)",
    )


def region_box(mask: np.ndarray, steps: Steps, within: Box) -> Box:
    """The box that `steps.roi_share` and `steps.roi_slices` ask for.

    With `roi_slices` its depth is that of these slices, and a box of `roi_share` holds
    that share of the mask within them. What neither says is as in `within`.

    Args:
        mask: bool `[D, H, W]`, on the voxels of the reference sequence.

    Raises:
        StudyError: empty_mask, too_few_slices.
    """
    if not mask.any():
        raise StudyError(
            code="empty_mask",
            problem="the mask is empty",
            cure="Draw the region anew, or leave the study out",
        )
    ranges = [*zip(within.first[::-1], within.last[::-1])]  # D, H, W
    chosen = None
    if steps.roi_slices:
        ranges[0] = chosen = around_largest_section(mask, steps.roi_slices)
    if steps.roi_share:
        ranges = holding(mask, steps.roi_share, depth=chosen)
    return Box(
        first=tuple(first for first, _ in reversed(ranges)),
        last=tuple(last for _, last in reversed(ranges)),
    )


def around_largest_section(mask: np.ndarray, count: int) -> Range:
    """`count` adjacent slices with the largest section of the mask in their middle.

    For an even count there is one slice more behind it than before it. Of equally
    large sections the middle one counts. Where the volume ends the slices move inwards.

    Raises:
        StudyError: too_few_slices.
    """
    slices = len(mask)
    if slices < count:
        raise StudyError(
            code="too_few_slices",
            problem=f"the reference sequence has {slices} slices, and the task wants "
            f"{count} around the largest section of the mask",
            cure="Lower steps.roi_slices of the task, or leave the study out",
        )
    areas = np.count_nonzero(mask, axis=(1, 2))
    largest = np.flatnonzero(areas == areas.max())
    first = int(largest[len(largest) // 2]) - (count - 1) // 2
    first = min(max(first, 0), slices - count)
    return first, first + count - 1


def holding(
    mask: np.ndarray, share: float, *, depth: Range | None = None
) -> list[Range]:
    """A small box with at least `share` of the mask's voxels, as ranges of D, H, W.

    From the box around the whole mask, the outermost layer is taken away that is
    filled least by the mask, one after another, as long as enough is left.

    Args:
        depth: slices that stay as they are, and alone count; none = all may go.
    """
    inside = np.argwhere(mask)
    if depth is not None:
        inside = inside[(inside[:, 0] >= depth[0]) & (inside[:, 0] <= depth[1])]
    box = [*zip(inside.min(axis=0).tolist(), inside.max(axis=0).tolist())]
    if depth is not None:
        box[0] = depth
    held, wanted = len(inside), math.ceil(share * len(inside) - _EXACT)
    while True:
        part = mask[tuple(slice(first, last + 1) for first, last in box)]
        layers = []
        for axis in range(0 if depth is None else 1, 3):
            for end in (0, -1):
                layer = np.take(part, end, axis=axis)
                count = int(np.count_nonzero(layer))
                if part.shape[axis] > 1 and held - count >= wanted:
                    layers.append((count / layer.size, axis, end, count))
        if not layers:
            return box
        _, axis, end, count = min(layers)
        first, last = box[axis]
        box[axis] = (first + 1, last) if end == 0 else (first, last - 1)
        held -= count
