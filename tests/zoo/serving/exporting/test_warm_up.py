import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from tests.zoo.serving import exported
from tests.zoo.serving.exporting import kinds
from zoo.serving.exporting import saved_model, warm_up


def requests(path):
    """Of the file of a version, in its order."""
    file = path / saved_model.ASSETS / "tf_serving_warmup_requests"
    for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
        yield prediction_log_pb2.PredictionLog.FromString(record).predict_log.request


@pytest.mark.parametrize("kind", ["classes", "optional", "covariates"])
def test_every_request_gets_an_answer(tmp_path, kind):
    path = exported.model(tmp_path / "root", **kinds.SETTINGS[kind])
    model = tf.saved_model.load(str(path))
    asked = set()
    for request in requests(path):
        inputs = {
            name: tf.constant(tf.make_ndarray(proto))
            for name, proto in request.inputs.items()
        }
        signature = request.model_spec.signature_name
        outputs = model.signatures[signature](**inputs)
        (size,) = {len(values) for values in outputs.values()}
        asked.add((signature, size))
        assert request.model_spec.name == exported.NAME
    assert asked == {
        (signature, size)
        for signature in ("serving_default", "serve_examples", "features", "describe")
        for size in (1, 2, 4, 8, 16, 32)
    }


def test_the_file_stays_small_whatever_the_volumes(tmp_path):
    signature = {"volume": tf.TensorSpec([None, 64, 128, 128, 3], tf.float32)}
    warm_up.write(
        tmp_path,
        name="large",
        signatures={"serving_default": signature},
        tasks={},
        batch_sizes=(1, 32),
    )
    assert (tmp_path / warm_up.FILE).stat().st_size < 1000
