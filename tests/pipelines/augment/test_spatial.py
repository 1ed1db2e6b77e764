import pytest

from pipelines.augment.spatial import Spatial


def test_axes_to_flip_are_checked():
    with pytest.raises(ValueError, match="depth, height, width. Received: time"):
        Spatial(flip=("width", "time"))
