import pytest

from pipelines.errors import DataError
from tests.zoo.training import standin
from zoo.training.loop.inference import Inference


def test_an_empty_split_is_an_error():
    _, model = standin.classifier()
    with pytest.raises(DataError, match="validation split is empty"):
        Inference(model).predict([], name="validation")
