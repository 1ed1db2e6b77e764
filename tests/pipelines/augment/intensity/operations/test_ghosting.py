import numpy as np

from pipelines.augment.intensity.settings import Intensity
from tests.pipelines.augment.pictures import varied, volume


def test_ghosts_are_the_body_shifted_along_height_or_width():
    values = volume(shape=(1, 12, 12, 1))
    settings = Intensity(
        ghosting_chance=1.0, ghosting_strength=(0.3, 0.3), ghosting_copies=(3, 3)
    )

    def ghosts(axis):  # every third line of k-space weakened, its centre restored
        copies = sum(np.roll(values, 4 * k, axis) for k in range(3)) / 3
        return values - 0.3 * (copies - values.mean(axis, keepdims=True))

    seen = set()
    for seed in range(20):
        found = varied(values, settings, (seed, 0))
        fits = [axis for axis in (1, 2) if np.allclose(found, ghosts(axis), atol=1e-5)]
        assert len(fits) == 1
        seen |= {*fits}
    assert seen == {1, 2}
