import numpy as np
import pytest
import tensorflow as tf

from pipelines.batches.normalisation import normalise, normalised, stored
from pipelines.canonical.canonicalise import Canonical
from pipelines.records.decode import parser
from pipelines.records.encode import encode
from tests.pipelines.records.small import sample, task, without_statistics

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


def both_ways(voxels, fill, kind):
    """From a record's codes and statistics, and as a served volume has it.

    Returns:
        Both, and |mean| / deviation of the foreground (1 where it is less).
    """
    channels = voxels.shape[-1]
    small = task(channels=[f"C{c}" for c in range(channels)], shape=voxels.shape[:3])
    study = Canonical(
        voxels=voxels, fill=fill, present=(1,) * channels, affine=np.eye(4)
    )
    record = encode(sample(canonical=study), small).record
    fields = parser(small, require_target=True)(record)
    of_record = normalised(stored(fields, range(channels), kind), kind)
    served = fields["volume"]
    of_volume = normalise(served, served != tf.constant(fill), kind)
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.abs(fields["foreground_mean"] / fields["foreground_deviation"])
    return of_record.numpy(), of_volume.numpy(), np.maximum(np.nan_to_num(far), 1)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("scale, offset", [(1, 0), (0.37, -90), (1e-3, 30), (3, 4e4)])
def test_a_record_and_a_served_volume_are_normalised_alike(kind, scale, offset):
    volume, foreground = random_volume(shape=(12, 11, 10, 3))
    voxels = volume * scale + offset
    if (scale, offset) == (1, 0):
        voxels = np.rint(voxels)
    voxels[~foreground] = -1000
    of_record, of_volume, far = both_ways(
        voxels.astype(np.float32), (-1000.0,) * 3, kind
    )
    assert (np.abs(of_record - of_volume) <= 1e-6 * far).all()


@pytest.mark.parametrize("share, varies", [(0.998, False), (1.002, True)])
@pytest.mark.parametrize("mean", [4096.0, -4096.0, 2.0**20, 0.5])
def test_constant_ends_at_the_same_deviation_both_ways(share, varies, mean):
    """A deviation a little under or over 1e-5 of the mean, of two values."""
    apart = 400 * np.spacing(np.float32(abs(mean)))
    of_both = (share * 1e-5 * abs(mean) / apart) ** 2  # p (1 - p)
    raised = (1 - np.sqrt(1 - 4 * of_both)) / 2
    voxels = np.full((32, 32, 32, 1), mean)
    voxels.flat[: round(raised * voxels.size)] += apart
    voxels = voxels.astype(np.float32)
    exact = voxels.astype(np.float64)
    assert (exact.std() > 1e-5 * abs(exact.mean())) == varies
    of_record, of_volume, _ = both_ways(voxels, (-9e6,), "zscore")
    assert of_record.any() == of_volume.any() == varies


@pytest.mark.parametrize("kind", ["percentile", "equalise"])
@pytest.mark.parametrize("apart", [0.0, 1.0, 2.0**-20])
def test_two_values_or_one_both_ways(kind, apart):
    voxels = np.full((4, 4, 4, 1), 3.0, np.float32)
    voxels[::2] += np.float32(apart)
    of_record, of_volume, _ = both_ways(voxels, (0.0,), kind)
    np.testing.assert_array_equal(of_record, of_volume)
    assert {*of_record.ravel()} == ({0.0, 1.0} if apart else {0.0})


def test_statistics_that_are_given_are_taken():
    volume, foreground = random_volume()
    given = {"mean": tf.constant([1.0, 2, 3]), "deviation": tf.constant([2.0, 2, 0])}
    result = normalise(tf.constant(volume), tf.constant(foreground), "zscore", given)
    expected_ = (volume - [1, 2, 3]) / 2 * foreground * [1, 1, 0]
    np.testing.assert_allclose(result, expected_, atol=1e-4)


def test_slices_of_what_is_stored_are_those_of_the_whole():
    study = sample()
    fields = parser(task(), require_target=True)(encode(study, task()).record)
    for kind in KINDS:
        kept = stored(fields, (1, 0), kind)
        whole = normalised(kept, kind)
        some = normalised(kept | {"codes": kept["codes"][4:1:-2]}, kind)
        np.testing.assert_array_equal(some, whole[4:1:-2])
        assert kept["codes"].dtype == tf.int16


def test_another_kind_is_not_stored():
    fields = parser(task(), require_target=True)(encode(sample(), task()).record)
    with pytest.raises(ValueError, match="kind is one of .*Received: 'minmax'"):
        stored(fields, (0, 1), "minmax")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("channels", [(0, 1), (1,)])
def test_a_record_without_statistics_is_normalised_alike(kind, channels):
    """In a function that TensorFlow optimises, and inside Dataset.map."""
    record = encode(sample(), task()).record
    before = without_statistics(record)

    def function(serialized):
        fields = parser(task(), require_target=True)(serialized)
        return normalised(stored(fields, channels, kind), kind)

    expected_ = function(tf.constant(record))
    assert expected_.shape == (6, 5, 4, len(channels))
    of_function = tf.function(function)(tf.constant(before))
    mapped = next(iter(tf.data.Dataset.from_tensors(before).map(function)))
    np.testing.assert_allclose(of_function, expected_, atol=1e-6)
    np.testing.assert_allclose(mapped, expected_, atol=1e-6)
