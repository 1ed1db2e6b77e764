"""The data set of noise that loading is measured on."""

import numpy as np
import pytest
import tensorflow as tf

from pipelines.records import decode, shards

SHAPE = (8, 10, 12)


def written(directory, **options):
    from noise_data import write_data_set

    data = write_data_set(directory, 3, SHAPE, **options)
    (shard,) = data.shards
    return data, [*shards.read(data.shard_path(shard))]


@pytest.mark.parametrize(("step", "slope_is_one"), [(1.0, True), (0.37, False)])
def test_only_fractions_are_quantised(tmp_path, step, slope_is_one):
    _, records = written(tmp_path, step=step)
    for record in records:
        features = tf.train.Example.FromString(record).features.feature
        (slope,) = features["slope"].float_list.value
        assert (slope == 1) == slope_is_one


@pytest.mark.parametrize("step", [1.0, 0.37])
def test_six_tenths_are_foreground_about_their_mean(tmp_path, step):
    data, records = written(tmp_path, step=step)
    record = decode.parser(data.task, require_target=True)(records[0])
    foreground = record["foreground"].numpy()
    assert foreground.mean() == pytest.approx(0.6, abs=0.02)
    values = record["volume"].numpy()[foreground]
    assert values.mean() == pytest.approx(800 * step, rel=0.05)
    assert (record["volume"].numpy()[~foreground] == 0).all()


def test_bare_records_are_the_same_codes(tmp_path):
    from loading_ways import bare_loop
    from noise_data import write_bare

    data, records = written(tmp_path)
    write_bare(tmp_path / "bare", data)
    parse = decode.parser(data.task, require_target=True)
    for bare, record in zip(bare_loop(tmp_path / "bare"), records, strict=True):
        np.testing.assert_array_equal(bare, parse(record)["volume"])
