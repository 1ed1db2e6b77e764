import numpy as np
import pytest
import tensorflow as tf

from pipelines.batches.normalisation import normalise

SHAPE = (6, 7, 5, 3)
KINDS = ("zscore", "percentile", "equalise", "none")


def oracle(values, kind):
    """Normalised foreground values of one channel, as the docstring says."""
    values = values.astype(np.float64)
    if kind == "none":
        return values
    if np.ptp(values) == 0:
        return np.zeros_like(values)
    if kind == "zscore":
        return (values - values.mean()) / values.std()
    if kind == "percentile":
        lower, upper = np.percentile(values, [1, 99])
        return np.clip((values - lower) / (upper - lower), 0, 1)
    bins = np.floor((values - values.min()) / np.ptp(values) * 256).clip(0, 255)
    counts = np.bincount(bins.astype(int), minlength=256)
    return (counts.cumsum()[bins.astype(int)] - counts[0]) / (values.size - counts[0])


def expected(volume, foreground, kind):
    result = np.zeros(volume.shape)
    for c in range(volume.shape[-1]):
        inside = foreground[..., c] & np.isfinite(volume[..., c])
        if inside.any():
            result[..., c][inside] = oracle(volume[..., c][inside], kind)
    return result


def everywhere(volume, foreground, kind):
    """Eagerly, as a function of fixed shape, inside Dataset.map: all the same."""
    volume = volume.astype(np.float32)
    eager = normalise(tf.constant(volume), tf.constant(foreground), kind)
    fixed = tf.function(
        lambda v, f: normalise(v, f, kind),
        input_signature=[
            tf.TensorSpec(volume.shape, tf.float32),
            tf.TensorSpec(volume.shape, tf.bool),
        ],
    )
    data = tf.data.Dataset.from_tensors((volume, foreground))
    mapped = next(iter(data.map(lambda v, f: normalise(v, f, kind))))
    np.testing.assert_allclose(eager, fixed(volume, foreground), atol=1e-6)
    np.testing.assert_allclose(eager, mapped, atol=1e-6)
    assert mapped.shape == eager.shape == volume.shape
    assert eager.dtype == tf.float32
    return eager.numpy()


def random_volume(seed=0, shape=SHAPE):
    draw = np.random.default_rng(seed)
    volume = draw.gamma(2, 100, shape) + np.arange(shape[-1]) * 500
    foreground = draw.random(shape) < 0.7
    return volume.astype(np.float32), foreground


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("channels", [1, 3])
def test_it_is_what_numpy_gives(kind, channels):
    volume, foreground = random_volume(shape=(6, 7, 5, channels))
    result = everywhere(volume, foreground, kind)
    np.testing.assert_allclose(result, expected(volume, foreground, kind), atol=2e-5)
    assert (result[~foreground] == 0).all()


@pytest.mark.parametrize("kind", ["zscore", "percentile", "equalise"])
@pytest.mark.parametrize("value", [0.0, 3.0, 1000.3, -2e-4])
def test_a_constant_channel_is_zero(kind, value):
    volume, foreground = random_volume()
    volume[..., 1] = value
    result = everywhere(volume, foreground, kind)
    assert (result[..., 1] == 0).all()
    assert result[..., 0].any()


@pytest.mark.parametrize("kind", KINDS)
def test_an_absent_channel_is_zero(kind):
    volume, foreground = random_volume()
    foreground[..., 2] = False
    result = everywhere(volume, foreground, kind)
    assert (result[..., 2] == 0).all()
    assert not everywhere(volume, np.zeros(SHAPE, bool), kind).any()


@pytest.mark.parametrize("kind", KINDS)
def test_a_voxel_that_is_no_number_counts_as_background(kind):
    volume, foreground = random_volume()
    volume[0, 0, 0], volume[3, 2, 1, 0], volume[1, 1, 1, 2] = np.nan, np.inf, -np.inf
    foreground[0, 0, 0] = [True, False, True]
    result = everywhere(volume, foreground, kind)
    np.testing.assert_allclose(result, expected(volume, foreground, kind), atol=2e-5)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("voxels", [1, 2, 3])
def test_a_foreground_of_few_voxels(kind, voxels):
    volume, foreground = random_volume()
    foreground.reshape(-1, 3)[voxels:] = False
    foreground.reshape(-1, 3)[:voxels] = True
    result = everywhere(volume, foreground, kind)
    np.testing.assert_allclose(result, expected(volume, foreground, kind), atol=2e-5)


def test_percentiles_clip_what_lies_beyond():
    volume, foreground = random_volume(shape=(10, 10, 10, 1))
    volume[0, 0, 0], foreground[0, 0, 0] = 1e9, True
    volume[1, 0, 0], foreground[1, 0, 0] = -1e9, True
    result = everywhere(volume, foreground, "percentile")
    assert (result[0, 0, 0], result[1, 0, 0]) == (1, 0)
    np.testing.assert_allclose(
        result, expected(volume, foreground, "percentile"), atol=2e-5
    )


def test_equalisation_levels_the_histogram():
    volume, _ = random_volume(shape=(16, 16, 16, 1))
    result = everywhere(volume, np.ones(volume.shape, bool), "equalise")
    counts = np.histogram(result, bins=4, range=(0, 1))[0]
    assert counts.min() > 0.8 * counts.mean()


def test_zscore_keeps_its_precision_far_from_zero():
    volume, foreground = random_volume(shape=(32, 32, 32, 1))
    volume = volume / 100 + 30000
    result = everywhere(volume, foreground, "zscore")
    np.testing.assert_allclose(
        result, expected(volume, foreground, "zscore"), atol=5e-3
    )


def test_another_kind_is_refused():
    with pytest.raises(ValueError, match="kind is one of .*Received: 'minmax'"):
        normalise(tf.zeros(SHAPE), tf.zeros(SHAPE, tf.bool), "minmax")


@pytest.mark.parametrize("kind", KINDS)
def test_it_exports_without_python_ops(kind, tmp_path):
    module = tf.Module()
    module.serve = tf.function(
        lambda volume: {"out": tf.map_fn(lambda v: normalise(v, v != 0, kind), volume)},
        input_signature=[tf.TensorSpec([None, *SHAPE], tf.float32)],
    )
    tf.saved_model.save(module, str(tmp_path), signatures=module.serve)
    volume, foreground = random_volume()
    batch = np.stack([volume * foreground] * 2)
    out = tf.saved_model.load(str(tmp_path)).signatures["serving_default"](
        volume=tf.constant(batch)
    )["out"]
    np.testing.assert_allclose(out[1], expected(volume, foreground, kind), atol=2e-5)
    graph = module.serve.get_concrete_function().graph.as_graph_def()
    ops = {node.op for node in graph.node}
    ops |= {node.op for f in graph.library.function for node in f.node_def}
    assert not {op for op in ops if "Py" in op or "Xla" in op}
