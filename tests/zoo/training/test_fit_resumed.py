import dataclasses

import keras
import pytest

from tests.zoo.training import standin
from tests.zoo.training.fitted import (
    EVERYTHING,
    TOLD,
    assert_resumed_equals,
    run,
    table,
)
from zoo.recipes.optimisation import Optimisation
from zoo.training.callbacks.validation_scores import scores
from zoo.training.loop import checkpoint
from zoo.training.loop.inference import Inference


def test_resumed_run_equals_the_uninterrupted_one_bit_by_bit(tmp_path, monkeypatch):
    whole, _ = run(tmp_path / "whole")
    assert_resumed_equals(tmp_path / "whole", whole, tmp_path, monkeypatch)


def test_every_means_of_optimisation_is_resumed_bit_by_bit(tmp_path, monkeypatch):
    whole, _ = run(tmp_path / "whole", EVERYTHING)
    assert_resumed_equals(tmp_path / "whole", whole, tmp_path, monkeypatch, EVERYTHING)
    rates = [float(row["learning_rate"]) for row in table(tmp_path / "whole")]
    assert rates[0] != rates[2] != rates[4], "a plateau before the end, and after it"


@pytest.mark.slow
def test_half_precision_is_resumed_bit_by_bit_and_keeps_a_model_in_full(
    tmp_path, monkeypatch
):
    told = dataclasses.replace(TOLD, precision="mixed_float16", epochs=3, accumulate=2)
    whole, best = run(tmp_path / "whole", told)
    assert whole.get_layer("hidden").compute_dtype == "float16"
    assert isinstance(whole.optimizer, keras.optimizers.LossScaleOptimizer)
    assert_resumed_equals(
        tmp_path / "whole", whole, tmp_path, monkeypatch, told, epoch=2
    )
    path = checkpoint.best_path(tmp_path / "whole" / "checkpoints", best.epoch)
    model = keras.models.load_model(path)
    assert {layer.compute_dtype for layer in model.layers} == {"float32"}
    answers = Inference(model).predict(standin.evaluation(seed=2), name="validation")
    found = scores(answers, standin.LEARNED[0].target_output, Optimisation())
    assert found["val_loss"] == pytest.approx(best.val_loss, rel=1e-6)


@pytest.mark.slow
def test_bfloat16_is_resumed_bit_by_bit(tmp_path, monkeypatch):
    told = dataclasses.replace(EVERYTHING, precision="mixed_bfloat16", epochs=4)
    whole, _ = run(tmp_path / "whole", told)
    assert whole.get_layer("hidden").compute_dtype == "bfloat16"
    assert_resumed_equals(
        tmp_path / "whole", whole, tmp_path, monkeypatch, told, epoch=3
    )
