import pytest

from pipelines.errors import DataError
from tests.zoo.learning import standin
from zoo.learning.inference import Inference


def test_an_empty_split_is_an_error():
    _, model = standin.classifier()
    with pytest.raises(DataError, match="validation split is empty"):
        Inference(model).answer([], name="validation")
