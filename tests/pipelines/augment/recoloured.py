"""Changes of hue, saturation and value by the standard library."""

import colorsys

import numpy as np

from tests.pipelines.augment.pictures import limits


def expected(values, change):
    """`change(h, s, v)` of every voxel by the standard library."""
    lowest, highest, _ = limits(values)
    colours = ((values - lowest) / (highest - lowest)).reshape(-1, 3)
    changed = [
        colorsys.hsv_to_rgb(*change(*colorsys.rgb_to_hsv(*one))) for one in colours
    ]
    return lowest + (highest - lowest) * np.reshape(changed, values.shape)
