import numpy as np
import pytest
import tensorflow as tf
from scipy.interpolate import BSpline

from pipelines.augment.spatial import elastic


@pytest.mark.parametrize("points", [2, 3, 5])
def test_weights_are_cubic_b_splines(points):
    size = 13
    positions = np.linspace(0, size - 1, 25)
    found = elastic.weights(tf.constant(positions, tf.float32), points, size).numpy()
    knots = np.arange(-3, points + 4) * (size - 1) / (points - 1)
    for number in range(elastic.coefficients(points)):
        spline = BSpline.basis_element(knots[number : number + 5], extrapolate=False)
        expected = np.nan_to_num(spline(positions))
        np.testing.assert_allclose(found[:, number], expected, atol=1e-6)
    np.testing.assert_allclose(found.sum(axis=1), 1, atol=1e-6)


def test_one_point_is_the_same_all_along():
    assert elastic.coefficients(1) == 1
    np.testing.assert_array_equal(elastic.weights(tf.range(4.0), 1, 4), np.ones((4, 1)))


def test_displacements_are_the_tensor_product():
    draw = np.random.default_rng(0)
    control = draw.normal(size=(3, 4, 5, 3)).astype(np.float32)
    along = [
        draw.normal(size=(n, p)).astype(np.float32) for n, p in ((2, 3), (6, 4), (7, 5))
    ]
    found = elastic.displacement(
        tf.constant(control), tuple(tf.constant(one) for one in along)
    )
    expected = np.einsum("kp,hq,wr,pqrc->ckhw", *along, control)
    np.testing.assert_allclose(found, expected, atol=1e-5)
