import dataclasses
import hashlib
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from pipelines.records import encode as example_bytes
from pipelines.records.encode import encode
from tests.pipelines.records.small import canonical, sample, task


def features_of(record):
    return tf.train.Example.FromString(record).features.feature


def test_a_record_holds_the_stated_features():
    one = sample(3, target=(1.0,), covariates=(0.5,))
    features = features_of(encode(one, task(covariates=("age",))).record)
    assert sorted(features) == [
        *("affine", "covariates", "fill", "fill_code"),
        *("foreground_count", "foreground_deviation", "foreground_histogram"),
        *("foreground_lower", "foreground_maximum", "foreground_mean"),
        *("foreground_minimum", "foreground_upper", "intercept", "patient_id"),
        *("present", "sample_id", "slope", "spec", "study_id", "target", "volume"),
    ]
    volume = tf.io.parse_tensor(features["volume"].bytes_list.value[0], tf.int16)
    np.testing.assert_array_equal(volume, one.canonical.voxels)
    assert features["volume"].bytes_list.value[0] == (
        tf.io.serialize_tensor(one.canonical.voxels).numpy()
    )
    assert list(features["target"].float_list.value) == [1]
    assert list(features["covariates"].float_list.value) == [0.5]
    assert list(features["present"].int64_list.value) == [1, 1]
    assert features["sample_id"].bytes_list.value[0] == b"p0000000000000003"


def test_a_record_is_the_same_on_every_machine():
    voxels = (np.arange(6 * 5 * 4 * 2) % 251).reshape(6, 5, 4, 2).astype(np.int16)
    study = dataclasses.replace(canonical(), voxels=voxels)
    record = encode(sample(canonical=study), task()).record
    assert hashlib.sha256(record).hexdigest()[:16] == "4ce5881516ffe9e0"


def test_a_lossy_record_is_the_same_on_every_machine():
    voxels = (np.arange(6 * 5 * 4 * 2) % 251 / 7).reshape(6, 5, 4, 2)
    study = dataclasses.replace(canonical(), voxels=voxels.astype(np.float32))
    record = encode(sample(canonical=study), task()).record
    assert hashlib.sha256(record).hexdigest()[:16] == "4ebe1fc00e658b10"


def test_a_sample_without_target_has_none_in_its_record():
    assert "target" not in features_of(encode(sample(target=None), task()).record)


def test_what_the_manifest_says_comes_with_the_record():
    encoded = encode(sample(), task())
    assert encoded.checksum == hashlib.sha256(encoded.record).hexdigest()
    assert encoded.clipped == (0, 0)
    assert len(encoded.volume_hash) == 33


def test_another_shape_is_refused():
    with pytest.raises(ValueError, match=r"\(6, 5, 4, 2\). Received: \(5, 5, 4, 2\)"):
        encode(sample(canonical=canonical(shape=(5, 5, 4))), task())


def test_another_count_of_targets_is_refused():
    with pytest.raises(ValueError, match="has 1 numbers. Received"):
        encode(sample(target=(1.0, 0.0)), task())


def test_another_count_of_covariates_is_refused():
    with pytest.raises(ValueError, match="has the covariates"):
        encode(sample(covariates=(1.0,)), task())


def test_encoding_takes_no_tensorflow():
    code = (
        "import sys; from pipelines.records import encode; "
        "sys.exit('tensorflow' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_parser_reads_it_back():
    parsed = example_bytes.parser(task(), require_target=True)(
        encode(sample(), task()).record
    )
    np.testing.assert_array_equal(parsed["volume"], sample().canonical.voxels)
