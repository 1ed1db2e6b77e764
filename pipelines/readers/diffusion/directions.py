"""Which gradient directions make an isotropic image."""

from collections.abc import Sequence

import numpy as np

from pipelines.readers.diffusion.gradient import Gradient

FEWEST_DIRECTIONS = 3  # a trace has three axes
_SPAN = 0.1  # least singular value of unit vectors that do not lie in a plane


def span_space(gradients: Sequence[Gradient]) -> bool:
    """Whether directions have three axes; true where vectors are not known."""
    vectors = [gradient.vector for gradient in gradients]
    if None in vectors:
        return True
    unit = np.asarray(vectors)
    unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
    return bool(np.linalg.svd(unit, compute_uv=False)[-1] >= _SPAN)
