import numpy as np
from keras import ops

from zoo.architectures.initialisation import glorot, he, he_of, layer_seed


def drawn(initialiser, shape=(3, 3, 64, 64)):
    return ops.convert_to_numpy(initialiser(shape))


def test_seed_and_name_decide():
    assert np.array_equal(drawn(he(1, "a")), drawn(he(1, "a")))
    assert not np.array_equal(drawn(he(1, "a")), drawn(he(1, "b")))
    assert not np.array_equal(drawn(he(1, "a")), drawn(he(2, "a")))


def test_layer_seeds_fit_every_backend():
    assert all(0 <= layer_seed(seed, "x") < 2**31 for seed in range(100))


def test_variances():
    assert np.isclose(drawn(he(0, "a")).var(), 2 / (9 * 64), rtol=0.05)
    weights = drawn(glorot(0, "a"), (300, 500))
    assert np.isclose(weights.var(), 2 / 800, rtol=0.05)
    assert np.isclose(drawn(he_of(0, "a", 72), (8, 72, 64)).var(), 2 / 72, rtol=0.05)


def test_a_stated_fan_in_draws_what_he_draws():
    shape = (3, 3, 64, 64)
    expected = drawn(he(0, "a"), shape)
    np.testing.assert_allclose(drawn(he_of(0, "a", 9 * 64), shape), expected, rtol=1e-5)
