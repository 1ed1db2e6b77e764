import dataclasses

import numpy as np
import pytest
import tensorflow as tf

from pipelines.records import protobuf_encoding
from pipelines.records.decode import parser
from pipelines.records.encode import encode
from pipelines.records.quantisation import decode, quantise
from tests.pipelines.records.small import SHAPE, canonical, sample, task

TASK = task()


def parsed(record, task=TASK, **options):
    """The same three ways: eagerly, as a function, inside a data set."""
    parse = parser(task, **{"require_target": True} | options)
    eager = parse(tf.constant(record))
    graph = tf.function(parse)(tf.constant(record))
    mapped = next(iter(tf.data.Dataset.from_tensors(record).map(parse)))
    for key, value in eager.items():
        np.testing.assert_array_equal(value, graph[key])
        np.testing.assert_array_equal(value, mapped[key])
    return {key: value.numpy() for key, value in eager.items()}


def with_voxels(voxels, fill):
    return dataclasses.replace(canonical(), voxels=voxels, fill=fill)


def test_everything_of_a_sample_comes_back():
    one = sample(5, target=(1.0,), covariates=(2.5, float("nan")))
    fields = parsed(
        encode(one, task(covariates=("a", "b"))).record, task(covariates=("a", "b"))
    )
    np.testing.assert_array_equal(fields["volume"], one.canonical.voxels)
    np.testing.assert_array_equal(fields["foreground"], one.canonical.voxels != 0)
    np.testing.assert_array_equal(fields["present"], [1, 1])
    np.testing.assert_array_equal(fields["target"], [1])
    np.testing.assert_array_equal(fields["covariates"], [2.5, np.nan])
    np.testing.assert_array_equal(fields["affine"], one.canonical.affine)
    assert fields["sample_id"] == one.sample_id.encode()
    assert fields["study_id"] == one.study_id.encode()
    assert fields["patient_id"] == one.patient_id.encode()
    assert fields["volume"].dtype == np.float32
    assert fields["foreground"].dtype == bool


@pytest.mark.parametrize(
    "scale, offset, fill",
    [(1, 0, 0.0), (60, 0, 0.0), (0.37, -3, -0.25), (1e-3, 0, 0.0), (1, 0.5, 7.5)],
)
def test_values_decode_as_in_numpy(scale, offset, fill):
    voxels = np.random.default_rng(0).integers(1, 1000, (*SHAPE, 2))
    voxels = (voxels * scale + offset).astype(np.float32)
    voxels[0] = fill
    fields = parsed(
        encode(sample(canonical=with_voxels(voxels, (fill,) * 2)), task()).record
    )
    codes = quantise(voxels, (fill,) * 2)
    np.testing.assert_allclose(fields["volume"], decode(codes), rtol=3e-7, atol=1e-7)
    np.testing.assert_array_equal(fields["foreground"], voxels != np.float32(fill))
    assert (fields["volume"][~fields["foreground"]] == np.float32(fill)).all()


def test_channels_of_different_coding_do_not_mix():
    voxels = np.random.default_rng(0).integers(1, 1000, (*SHAPE, 2)).astype(np.float32)
    voxels[..., 1] /= 3
    voxels[2, ..., 0], voxels[3, ..., 1] = -5, 0.5
    study = with_voxels(voxels, (-5.0, 0.5))
    fields = parsed(encode(sample(canonical=study), task()).record)
    np.testing.assert_allclose(fields["volume"], voxels, atol=6e-3)
    np.testing.assert_array_equal(fields["volume"][..., 0], voxels[..., 0])
    np.testing.assert_array_equal(fields["foreground"], voxels != [-5, 0.5])


def test_an_absent_channel_has_no_foreground():
    voxels = canonical().voxels.copy()
    voxels[..., 1] = 0
    study = dataclasses.replace(canonical(), voxels=voxels, present=(1, 0))
    fields = parsed(encode(sample(canonical=study), task()).record)
    assert not fields["foreground"][..., 1].any()
    np.testing.assert_array_equal(fields["present"], [1, 0])


def test_a_target_that_is_not_known_is_nan_or_an_error():
    record = encode(sample(target=None), task()).record
    assert np.isnan(parsed(record, require_target=False)["target"]).all()
    with pytest.raises(tf.errors.InvalidArgumentError, match="target does not have"):
        parser(task(), require_target=True)(record)


@pytest.mark.parametrize("other", [task(channels=("T1",)), task(covariates=("age",))])
def test_a_record_of_another_task_says_so(other):
    record = encode(sample(), task()).record
    parse = parser(other, require_target=True)
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="a record of another task"
    ):
        parse(record)
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="a record of another task"
    ):
        list(tf.data.Dataset.from_tensors(record).map(parse))


def test_what_is_no_record_is_an_error():
    with pytest.raises(tf.errors.InvalidArgumentError, match="parse"):
        parser(task(), require_target=True)(b"no record")
    with pytest.raises(
        tf.errors.InvalidArgumentError, match="a record of another task"
    ):
        parser(task(), require_target=True)(protobuf_encoding.example({"a": b""}))


def test_a_fill_code_that_is_no_int16_is_an_error():
    example = tf.train.Example.FromString(encode(sample(), task()).record)
    codes = example.features.feature["fill_code"].int64_list.value
    parse = parser(task(), require_target=True)
    codes[0] = -(2**15)
    assert parse(example.SerializeToString())["fill_code"][0] == -(2**15)
    codes[0] = 2**16
    with pytest.raises(tf.errors.InvalidArgumentError, match="fill_code holds numbers"):
        parse(example.SerializeToString())


def test_shapes_are_known_to_the_graph():
    specs = (
        tf.data.Dataset.from_tensors(b"")
        .map(parser(task(), require_target=False))
        .element_spec
    )
    assert specs["volume"].shape == specs["foreground"].shape == (*SHAPE, 2)
    assert specs["target"].shape == (1,)
    assert specs["covariates"].shape == (0,)
    assert specs["affine"].shape == (4, 4)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("1234567890123456", b"p1234567890123456"),
        ("p1234567890123456", b"p1234567890123456"),
        ("", b""),
        ("study 1", b"study 1"),
    ],
)
def test_ids_of_format_1_get_their_letter(written, read):
    ids = dict.fromkeys(("sample_id", "study_id", "patient_id"), written)
    fields = parsed(encode(sample(**ids), task()).record)
    assert {name: fields[name] for name in ids} == dict.fromkeys(ids, read)
