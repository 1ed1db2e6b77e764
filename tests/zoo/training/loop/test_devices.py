from types import SimpleNamespace

import keras
import pytest

from pipelines.errors import UsageError
from zoo.classifier.freezing import batch_normalisations
from zoo.recipes.optimisation import Optimisation
from zoo.training.loop import devices


def normalised():
    """A network with batch normalisation in a network in it."""
    inner = keras.Sequential(
        [keras.Input((4,)), keras.layers.BatchNormalization(name="inner")]
    )
    volume = keras.Input((4,))
    x = keras.layers.BatchNormalization(name="outer")(inner(volume))
    return keras.Model(volume, x)


def states(model):
    return [layer.synchronized for layer in batch_normalisations(model)]


def test_batch_normalisation_is_synchronised_except_while_it_is_saved():
    model = normalised()
    assert states(model) == [False, False]
    with devices.as_on_one(model):
        assert states(model) == [False, False]
    assert states(model) == [False, False]
    devices.synchronise(model)
    assert states(model) == [True, True]
    with devices.as_on_one(model):
        assert states(model) == [False, False]
    assert states(model) == [True, True]


@pytest.mark.parametrize("count", [0, 99])
def test_devices_that_are_not_there(count):
    with pytest.raises(UsageError, match=f"Received: {count}"):
        devices.strategy(count, Optimisation(batch_size=99))


def test_several_devices_do_not_accumulate(monkeypatch):
    both = [SimpleNamespace(name=f"CPU:{i}") for i in range(2)]
    monkeypatch.setattr(
        devices.tf.config, "list_logical_devices", lambda kind: both * (kind == "CPU")
    )
    with pytest.raises(UsageError, match="--batch 8 makes the same.*accumulate=2"):
        devices.strategy(2, Optimisation(batch_size=4, accumulate=2))
