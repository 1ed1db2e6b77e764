"""What is left of a training whose model is not kept is what a run would show."""

import dataclasses

import keras
import numpy as np
import pytest

from tests.zoo.training import fitted, standin
from zoo.runs import history
from zoo.training import fit_in_memory
from zoo.training.loop import checkpoint
from zoo.training.loop.inference import Inference

CLOCK = ("seconds", "data_wait_share")


def without_clock(rows):
    return [dataclasses.replace(row, **dict.fromkeys(CLOCK, 0.0)) for row in rows]


def in_memory(tmp_path, optimisation, monkeypatch):
    """What `fitted.run` comes to, fitted in memory."""

    def fit(trainer_state, training_data, paths, stages):
        return fit_in_memory.fit(trainer_state, training_data, stages)

    with monkeypatch.context() as patched:
        patched.setattr(fitted, "fit", fit)
        _, result = fitted.run(tmp_path / "memory", optimisation)
    assert not list((tmp_path / "memory").iterdir())
    return result


@pytest.mark.parametrize("optimisation", [fitted.TOLD, fitted.EVERYTHING])
def test_the_epochs_are_those_of_a_run(optimisation, tmp_path, monkeypatch):
    _, best = fitted.run(tmp_path / "run", optimisation)
    result = in_memory(tmp_path, optimisation, monkeypatch)
    rows = history.read(tmp_path / "run" / "history.csv")
    assert without_clock(result.rows) == without_clock(rows)
    assert result.best.epoch == best.epoch


def test_the_answers_are_those_of_the_kept_model(tmp_path, monkeypatch):
    _, best = fitted.run(tmp_path / "run")
    result = in_memory(tmp_path, fitted.TOLD, monkeypatch)
    kept = checkpoint.best_path(tmp_path / "run" / "checkpoints", best.epoch)
    model = keras.models.load_model(kept, compile=False)
    again = Inference(model).predict(
        standin.training_data().validation, name="validation"
    )
    for name, answers in again.outputs.items():
        np.testing.assert_array_equal(result.model_outputs.outputs[name], answers)


def test_its_epochs_took_time(tmp_path, monkeypatch):
    times = in_memory(tmp_path, fitted.TOLD, monkeypatch).times
    assert len(times.first) == 1 and len(times.validations) == 5
    assert min(times.steps, times.validation, times.tracing) > 0
