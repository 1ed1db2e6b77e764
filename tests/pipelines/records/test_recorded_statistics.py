import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from pipelines.records.encode import encode
from pipelines.records.foreground_statistics import PREFIX
from pipelines.records.recorded_statistics import contradictions
from tests.pipelines.records.small import canonical, sample, task

WHOLE = encode(sample(), task()).record


def changed(change, record=WHOLE):
    example = tf.train.Example.FromString(record)
    change(example.features.feature)
    return example.SerializeToString(deterministic=True)


def lossy():
    voxels = canonical().voxels.astype(np.float32) / 7
    study = dataclasses.replace(canonical(), voxels=voxels)
    return encode(sample(canonical=study), task()).record


@pytest.mark.parametrize("record", [WHOLE, lossy()])
def test_a_record_as_it_was_encoded_has_none(record):
    assert contradictions(record) == []


def test_nor_has_one_that_states_nothing():
    def bare(features):
        for name in [name for name in features if name.startswith(PREFIX)]:
            del features[name]

    assert contradictions(changed(bare)) == []


@pytest.mark.parametrize("name", ["mean", "deviation", "lower", "upper", "maximum"])
@pytest.mark.parametrize("factor", [1 + 1e-5, np.nan])
def test_a_number_that_is_not_the_voxels_is_named(name, factor):
    def change(features):
        features[f"{PREFIX}{name}"].float_list.value[1] *= factor

    assert contradictions(changed(change)) == [
        f"its statistics contradict its voxels: {PREFIX}{name}. Ingest again"
    ]


def test_so_are_counts_and_what_is_missing():
    def change(features):
        features[f"{PREFIX}count"].int64_list.value[0] += 1
        features[f"{PREFIX}histogram"].int64_list.value[300] += 1
        del features[f"{PREFIX}minimum"]

    names = ", ".join(f"{PREFIX}{name}" for name in ("count", "minimum", "histogram"))
    assert contradictions(changed(change)) == [
        f"its statistics contradict its voxels: {names}. Ingest again"
    ]


def test_other_voxels_than_those_it_was_made_of():
    other = tf.train.Example.FromString(encode(sample(9), task()).record)

    def change(features):
        features["volume"].CopyFrom(other.features.feature["volume"])

    (problem,) = contradictions(changed(change))
    assert f"{PREFIX}mean" in problem and f"{PREFIX}histogram" in problem


@pytest.mark.parametrize("name", ["volume", "slope", "fill_code"])
def test_voxels_that_do_not_read(name):
    def change(features):
        del features[name]

    assert "its voxels can't be read" in contradictions(changed(change))[0]
    assert "DecodeError" in contradictions(b"no record")[0]
