import math

import pytest

from pipelines.augment.spatial.settings import AXES, Spatial


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"flip": ("width", "time")}, "depth, height, width. Received: time"),
        ({"flip_chance": 1.5}, "flip_chance is within 0..1. Received: 1.5"),
        ({"crop_chance": -0.1}, "crop_chance is within 0..1. Received: -0.1"),
        ({"rotation_degrees": (0, 0, 181)}, "each within 0..180"),
        ({"shear_degrees": (-1, 0, 0)}, "each within 0..60"),
        ({"translation": (0, 2, 0)}, "translation are three numbers"),
        ({"flip": ("width", "width")}, "names each axis once. Received: width, width"),
        ({"flip_chance": math.nan}, "flip_chance is within 0..1. Received: nan"),
        ({"rotation_degrees": (0, 0, math.nan)}, "each within 0..180"),
        ({"scale": (0.0, 1.0)}, "scale is from, to, within 0.01..100"),
        ({"scale": (1.2, 0.8)}, "scale is from, to, within 0.01..100"),
        ({"scale": (1.0, math.inf)}, "scale is from, to, within 0.01..100"),
        ({"scale": (math.nan, 1.0)}, "scale is from, to, within 0.01..100"),
        ({"perspective": 0.5}, "perspective is 0 or more, below 0.5"),
        ({"elastic": (0, -1, 0)}, "elastic are three numbers.*each within 0..1"),
        ({"elastic": (0, math.nan, 0)}, "elastic are three numbers.*each within 0..1"),
        ({"elastic": (math.inf, 0, 0)}, "elastic are three numbers.*each within 0..1"),
        ({"elastic_points": (0, 4, 4)}, "elastic_points are three.*within 1..100"),
        ({"elastic_points": (1, 4, 101)}, "elastic_points are three.*within 1..100"),
        ({"elastic": (0, 0.2, 0)}, "or the volume would fold"),
        ({"crop": (0.6, 0.2)}, "crop is from, to, within 0.01..1"),
        ({"crop": (1e-9, 1.0)}, "crop is from, to, within 0.01..1"),
        ({"crop": (0.5, 1.2)}, "crop is from, to, within 0.01..1"),
    ],
)
def test_values_that_cannot_be_are_errors(settings, message):
    with pytest.raises(ValueError, match=message):
        Spatial(**settings)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"flip": AXES, "flip_chance": 0.2},
        {"scale_depth": True, "elastic_points": (3, 3, 3)},
        {"rotation_degrees": (90, 0, 0), "rotation_chance": 0.0},
    ],
)
def test_what_interpolates_nothing(settings):
    assert not any(Spatial(**settings).acting.values())


@pytest.mark.parametrize(
    ("settings", "along_depth", "through_slices"),
    [
        ({"rotation_degrees": (15, 0, 0)}, False, False),
        ({"rotation_degrees": (0, 5, 0)}, False, True),
        ({"shear_degrees": (5, 0, 0)}, False, False),
        ({"shear_degrees": (0, 0, 5)}, False, True),
        ({"scale": (0.9, 1.1)}, False, False),
        ({"scale": (0.9, 1.1), "scale_depth": True}, True, False),
        ({"translation": (0, 0.1, 0.1)}, False, False),
        ({"translation": (0.1, 0, 0)}, True, False),
        ({"elastic": (0, 0.1, 0.1)}, False, False),
        ({"elastic": (0.1, 0, 0)}, False, True),
        ({"elastic": (0, 0.1, 0), "elastic_points": (2, 4, 4)}, False, True),
        ({"elastic": (0.1, 0, 0), "elastic_chance": 0.0}, False, False),
        ({"crop": (0.2, 0.6)}, False, False),
        ({"perspective": 0.1}, False, False),
    ],
)
def test_what_leaves_slices_slices(settings, along_depth, through_slices):
    found = Spatial(**settings)
    assert any(found.acting.values()) == (settings.get("elastic_chance") != 0.0)
    assert found.moves_along_depth == along_depth
    assert found.turns_through_slices == through_slices
