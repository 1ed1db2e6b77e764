"""The value of voxels where a sequence shows nothing."""

import numpy as np

_MASKED = 0.1  # share of exact zeros from which they are background


def fill_value(voxels: np.ndarray) -> float:
    """The fill value of a sequence; what differs from it is foreground.

    Magnitude images take 0, so that background set to 0 by the scanner or a mask
    counts as outside. An image with negative values takes 0 too where a tenth of its
    voxels or more are exactly 0 (a masked image that was standardised), else its
    minimum.

    Args:
        voxels: any shape, finite.
    """
    lowest = voxels.min()
    if lowest >= 0 or np.count_nonzero(voxels == 0) >= _MASKED * voxels.size:
        return 0.0
    return float(lowest)
