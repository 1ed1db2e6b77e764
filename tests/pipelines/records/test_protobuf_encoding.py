import numpy as np
import pytest
import tensorflow as tf

from pipelines.records import protobuf_encoding


@pytest.mark.parametrize("shape", [(1,), (3, 4), (2, 3, 4, 5), (200, 3, 1, 1)])
def test_tensor_bytes_are_those_of_tensorflow(shape):
    array = np.random.default_rng(0).integers(-32768, 32767, shape, dtype=np.int16)
    assert (
        protobuf_encoding.int16_tensor(array) == tf.io.serialize_tensor(array).numpy()
    )


def test_a_view_is_written_in_its_own_order():
    array = np.arange(24, dtype=np.int16).reshape(2, 3, 4).transpose(2, 0, 1)[::-1]
    assert (
        protobuf_encoding.int16_tensor(array) == tf.io.serialize_tensor(array).numpy()
    )


def test_example_bytes_are_those_of_protobuf():
    features = {
        "z": b"text",
        "empty": b"",
        "numbers": np.array([1.5, -2, np.nan], np.float32),
        "none": np.array([], np.float32),
        "integers": np.array([0, 1, 300, -1, -32768], np.int64),
        "long": bytes(70000),
    }
    message = tf.train.Example()
    for name, value in features.items():
        feature = message.features.feature[name]
        if isinstance(value, bytes):
            feature.bytes_list.value.append(value)
        elif value.dtype == np.float32:
            feature.float_list.SetInParent()
            feature.float_list.value.extend(value.tolist())
        else:
            feature.int64_list.value.extend(value.tolist())
    assert protobuf_encoding.example(features) == message.SerializeToString(
        deterministic=True
    )


@pytest.mark.parametrize("array", [np.zeros(3, np.int32), np.zeros((0, 2), np.int16)])
def test_only_int16_with_elements_is_a_tensor(array):
    with pytest.raises(ValueError, match="int16 array with elements"):
        protobuf_encoding.int16_tensor(array)


def test_a_feature_of_another_kind_is_refused():
    with pytest.raises(ValueError, match="Received: float64 array"):
        protobuf_encoding.example({"a": np.zeros(2)})
