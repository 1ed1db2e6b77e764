import numpy as np
import pytest
import tensorflow as tf

from pipelines.batches import graph_statistics
from pipelines.records import decode
from pipelines.records.encode import encode
from pipelines.records.foreground_statistics import PREFIX, of_codes
from pipelines.records.quantisation import decode as decode_codes
from pipelines.records.quantisation import quantise
from tests.pipelines.records.small import SHAPE, sample, task, without_statistics
from tests.pipelines.records.test_foreground_statistics import KINDS, drawn

NORMALISATIONS = ("zscore", "percentile", "equalise")


def computed(codes, kind):
    """In the graph, from decoded values alone, as a served volume has them."""
    volume = tf.constant(decode_codes(codes))
    foreground = tf.constant(codes.codes != codes.fill_code)
    return graph_statistics.computed(volume, foreground, kind)


@pytest.mark.parametrize("voxels", KINDS)
@pytest.mark.parametrize("kind", NORMALISATIONS)
def test_what_is_computed_is_what_a_record_states(voxels, kind):
    codes = drawn(voxels)
    of_record = of_codes(codes)
    of_graph = computed(codes, kind)
    assert tuple(of_graph) == graph_statistics.WANTED[kind]
    for name, value in of_graph.items():
        stated = getattr(of_record, name)
        assert value.dtype.as_numpy_dtype == stated.dtype
        if name in ("mean", "deviation"):
            np.testing.assert_allclose(value, stated, rtol=1.3e-7)
        else:
            np.testing.assert_array_equal(value, stated)


def test_bins_agree_at_their_edges():
    """Values at, just below and just above every edge of the histogram."""
    edges = np.linspace(0, 1, 257, dtype=np.float32)
    beside = np.concatenate([np.nextafter(edges, s) for s in np.float32([-1, 2])])
    values = np.concatenate([edges, beside]).clip(0, 1) * np.float32(0.37) + 5
    voxels = np.resize(values.astype(np.float32), (16, 8, 8, 1))
    codes = quantise(voxels, (0.0,))
    of_graph = computed(codes, "equalise")["histogram"]
    np.testing.assert_array_equal(of_graph, of_codes(codes).histogram)


@pytest.mark.parametrize("kind", NORMALISATIONS)
def test_of_a_channel_without_foreground_all_are_zero(kind):
    codes = quantise(np.zeros((*SHAPE, 1), np.int16), (0.0,))
    assert not any(np.any(value) for value in computed(codes, kind).values())


def recorded(record, kind):
    """By a function that TensorFlow optimises, as eager calls are not."""

    @tf.function(input_signature=[tf.TensorSpec([], tf.string)])
    def of_record(serialized):
        fields = decode.parser(task(), require_target=True)(serialized)

        def instead():
            length = {"histogram": 2 * 256}
            return {
                name: tf.fill(
                    [length.get(name, 2)],
                    tf.constant(-1, fields[f"{PREFIX}{name}"].dtype),
                )
                for name in graph_statistics.WANTED[kind]
            }

        return graph_statistics.recorded(fields, kind, instead)

    return of_record(tf.constant(record))


@pytest.mark.parametrize("kind", NORMALISATIONS)
def test_a_record_gives_its_own(kind):
    study = sample()
    stated = of_codes(quantise(study.canonical.voxels, study.canonical.fill))
    for name, value in recorded(encode(study, task()).record, kind).items():
        np.testing.assert_array_equal(value, getattr(stated, name))


@pytest.mark.parametrize("kind", NORMALISATIONS)
def test_of_a_record_without_statistics_they_are_computed(kind):
    record = without_statistics(encode(sample(), task()).record)
    assert all((value.numpy() == -1).all() for value in recorded(record, kind).values())
