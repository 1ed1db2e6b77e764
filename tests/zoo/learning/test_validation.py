import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.learning import standin
from zoo.learning.inference import Inference
from zoo.learning.losses import cross_entropy
from zoo.learning.validation import scores


def test_scores_are_exact_over_samples_with_a_smaller_last_batch():
    _, model = standin.classifier()
    arrays = standin.element(10)
    answers = Inference(model).answer(standin.evaluation(10), name="validation")
    logits = model.predict(arrays["volume"], verbose=0)["logits"]
    labels = arrays["target"][:, 0].astype(int)
    found = scores(answers)
    assert answers.sample_id[9] == f"{9:016x}"
    assert found["val_loss"] == pytest.approx(cross_entropy(labels, logits), rel=1e-5)
    assert found["val_accuracy"] == np.mean(np.argmax(logits, 1) == labels)
    assert 0 <= found["val_auc"] <= 1


def test_an_empty_split_is_an_error():
    _, model = standin.classifier()
    with pytest.raises(DataError, match="validation split is empty"):
        Inference(model).answer([], name="validation")
