"""Two predictions that should be the same."""

import numpy as np


def same(one, other):
    for field in ("sample_id", "patient_id", "split", "fold", "names"):
        assert getattr(one, field) == getattr(other, field)
    np.testing.assert_array_equal(one.truth, other.truth)
    for kind in one.outputs:
        np.testing.assert_allclose(one.outputs[kind], other.outputs[kind], rtol=1e-8)
