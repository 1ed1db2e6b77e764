"""Records that are none, or not what they say, to an exported model."""

import dataclasses
import random

import grpc
import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework.tensor_pb2 import TensorProto

from tests.zoo.prediction import networks
from tests.zoo.serving import exported
from tests.zoo.serving.endpoint import endpoints

RECORDS = 400
REFUSED = {grpc.StatusCode.INVALID_ARGUMENT}
SHAPES = ([0], [8, 8, 8, 2, 0], [8, 8, 8], [2, 8, 8, 8], [-1, 8, 8, 2], [2**31, 2**31])
KINDS = (tf.int16, tf.float32, tf.string, tf.bfloat16, tf.variant)
NUMBERS = (float("nan"), float("inf"), -3e38, 0.0, 2.0**31)


def other_tensor(draw, serialized):
    """The voxels' proto with a shape, type or content that it has not."""
    proto = TensorProto.FromString(serialized)
    what = draw.randrange(3)
    if what == 0:
        proto.tensor_shape.CopyFrom(tf.TensorShape(None).as_proto())
        for size in draw.choice(SHAPES):
            proto.tensor_shape.dim.add(size=size)
        proto.tensor_shape.unknown_rank = False
    elif what == 1:
        proto.dtype = draw.choice(KINDS).as_datatype_enum
    else:
        proto.tensor_content = proto.tensor_content[: draw.randrange(64)]
    return proto.SerializeToString()


def other_list(draw, feature):
    """A list of other length, or with numbers that nothing can be computed of."""
    kind = feature.WhichOneof("kind")
    if kind is None:  # it was emptied before
        return
    values = list(getattr(feature, kind).value)
    what = draw.randrange(4)
    if what == 0:
        feature.ClearField(kind)
        return
    if what == 1:
        values = values[:-1]
    elif what == 2:
        values = values * 2 or [b"" if kind == "bytes_list" else 0]
    elif kind == "float_list":
        values = [draw.choice(NUMBERS) for _ in values]
    elif kind == "int64_list":
        values = [draw.choice((-(2**63), -1, 2**63 - 1)) for _ in values]
    del getattr(feature, kind).value[:]
    getattr(feature, kind).value.extend(values)


def broken(draw, record):
    """A record with one to three faults."""
    example = tf.train.Example.FromString(record)
    features = example.features.feature
    for _ in range(draw.randrange(1, 4)):
        name = draw.choice(sorted(features))
        if name == "volume" and features[name].bytes_list.value:
            value = features[name].bytes_list.value
            value[0] = other_tensor(draw, value[0])
        elif draw.random() < 0.1:
            features[name].int64_list.value.append(1)  # of another kind, perhaps
        else:
            other_list(draw, features[name])
    raw = bytearray(example.SerializeToString())
    if draw.random() < 0.3:
        for _ in range(draw.randrange(1, 9)):
            raw[draw.randrange(len(raw))] = draw.randrange(256)
    return bytes(raw[: draw.randrange(len(raw))] if draw.random() < 0.1 else raw)


@pytest.mark.slow
@pytest.mark.parametrize("normalisation", ["zscore", "equalise"])
def test_each_gets_an_answer_or_says_why_not(normalisation, tmp_path):
    recipe = dataclasses.replace(networks.TURNED, normalisation=normalisation)
    exported.model(tmp_path / "root", recipe=recipe)
    record = networks.record(networks.voxels())
    draw = random.Random(0)
    flags = (
        "--model_name=small",
        f"--model_base_path={tmp_path}/root/small",
        "--enable_model_warmup=false",
    )
    statuses = []
    with endpoints.started(*flags) as endpoint:
        stub = endpoint.stub()

        def probabilities(given):
            request = endpoints.request(
                "small", signature="serve_examples", examples=np.array([given], object)
            )
            answer = stub.Predict(request, timeout=30)
            return tf.make_ndarray(answer.outputs["probabilities"])

        right = probabilities(record)
        for _ in range(RECORDS):
            try:
                probabilities(broken(draw, record))
                statuses.append(grpc.StatusCode.OK)
            except grpc.RpcError as error:
                statuses.append(error.code())
        np.testing.assert_array_equal(probabilities(record), right)
        assert endpoint.process.poll() is None
    assert {*statuses} <= REFUSED | {grpc.StatusCode.OK}
    assert statuses.count(grpc.StatusCode.INVALID_ARGUMENT) > RECORDS / 2
