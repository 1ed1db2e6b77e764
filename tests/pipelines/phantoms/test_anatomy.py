import numpy as np

from pipelines.phantoms import anatomy
from pipelines.phantoms.stack import Stack

_STACK = Stack(
    centre_mm=(0.0, 0.0, 0.0),
    row_direction=(1.0, 0.0, 0.0),
    column_direction=(0.0, 1.0, 0.0),
    spacing_mm=(8.0, 6.0, 6.0),
    shape=(8, 48, 60),
    thickness_mm=8.0,
)


def _values():
    return {tissue: 1.0 for tissue in anatomy.TISSUES}


def test_air_surrounds_the_body():
    body = anatomy.draw(np.random.default_rng(0))
    (picture,) = anatomy.paint(body, _STACK.points_mm(), (_values(),))
    assert picture[:, 24, 30].min() == 1
    assert picture[:, 0].max() == 0
    assert picture[:, :, 0].max() == 0


def test_liver_lies_at_the_patients_right_and_the_spine_behind():
    body = anatomy.draw(np.random.default_rng(1))
    only = {tissue: 0.0 for tissue in anatomy.TISSUES}
    tables = ({**only, "liver": 1.0}, {**only, "bone": 1.0})
    points = _STACK.points_mm()
    liver, bone = anatomy.paint(body, points, tables)
    assert (liver * points[0]).sum() < 0  # LPS: x grows to the left
    assert (bone * points[1]).sum() > 0  # LPS: y grows to the back


def test_texture_varies_smoothly_about_one():
    body = anatomy.draw(np.random.default_rng(2))
    grain = anatomy.texture(body, _STACK)
    assert abs(grain.mean() - 1) < 0.05
    assert 0.02 < grain.std() < 0.12
    assert np.abs(np.diff(grain, axis=2)).max() < 0.1


def test_every_painted_tissue_is_known():
    body = anatomy.draw(np.random.default_rng(3))
    assert {organ.tissue for organ in body.organs} <= set(anatomy.TISSUES)
