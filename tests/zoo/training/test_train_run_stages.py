"""Transfer in stages, by whole runs."""

import dataclasses

import keras
import numpy as np
import pytest

from tests.zoo.training.trained import AUTO, RECIPE, data_set
from zoo.recipes.transfer import Transfer
from zoo.runs.history import read
from zoo.training import new_run, train_run
from zoo.training.lr_range_curve import Point

TRANSFER = Transfer(
    frozen=("all", "none"), epochs=(1,), rates=(2.0,), batch_normalisation="frozen"
)


def told(recipe, **changes):
    optimisation = dataclasses.replace(recipe.optimisation, epochs=1, ema_decay=0.0)
    return dataclasses.replace(recipe, optimisation=optimisation, **changes)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_set(tmp_path_factory.mktemp("data") / "records")


def train(path, data, recipe, weights_from=None):
    """The run, and the backbone's weights whenever a stage began."""
    entered = []
    run = new_run.begin(
        path,
        recipe=recipe,
        data=data,
        fold=None,
        options={},
        weights_from=weights_from,
    )

    def fit(run, network, *others):
        enter = network.layer_freezing.enter

        def noted(frozen):
            entered.append((frozen, network.backbone.get_weights()))
            enter(frozen)

        network.layer_freezing.enter = noted
        best = usual(run, network, *others)
        entered.append(("", network.backbone.get_weights()))
        return best

    usual = train_run.fit
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(train_run, "fit", fit)
        train_run.train(run, data, weights_from=weights_from)
    return run, entered


@pytest.mark.slow
def test_the_head_first_and_statistics_that_stay(data, tmp_path):
    origin, _ = train(tmp_path / "origin", data, told(RECIPE))
    theirs = keras.models.load_model(origin.model_path).get_layer("cnn3d")
    recipe = told(RECIPE, weights="run", transfer=TRANSFER)
    run, entered = train(tmp_path / "run", data, recipe, str(origin.path))
    assert [frozen for frozen, _ in entered] == ["all", "none", ""]
    assert [row.stage for row in read(run.history_path)] == [1, 2]
    (_, loaded), (_, after_head), (_, after_all) = entered
    kernels = [weight.path.endswith("kernel") for weight in theirs.weights]
    assert sum(kernels) == 3
    for was, then, now, original, kernel in zip(
        loaded, after_head, after_all, theirs.get_weights(), kernels, strict=True
    ):
        np.testing.assert_array_equal(was, original)
        np.testing.assert_array_equal(then, original)
        assert np.array_equal(now, original) != kernel, "normalisation stays to the end"
    kept = keras.models.load_model(run.model_path).get_layer("cnn3d")
    assert len(kept.trainable_variables) == 9, "the file has nothing frozen"


@pytest.mark.slow
def test_a_found_rate_is_that_of_the_last_stage(data, tmp_path, monkeypatch):
    def find(model, training_data, optimisation, rate_shares):
        assert len(model.trainable_variables) == trainable
        assert min(rate_shares.values()) == pytest.approx(0.1)
        losses = [*range(20, 10, -1), *range(10)]
        return [
            Point(learning_rate=1e-2 * i, loss=loss, smoothed_loss=loss)
            for i, loss in enumerate(losses)
        ]

    monkeypatch.setattr(train_run.lr_range_test, "find", find)
    transfer = Transfer(
        frozen=("all", "none"), epochs=(1,), rates=(2.0,), first_rate=0.1
    )
    trainable = 9 + 4  # of the backbone, and of the head's two dense layers
    run, _ = train(tmp_path / "run", data, told(AUTO, transfer=transfer))
    found = [row.learning_rate for row in read(run.history_path)]
    np.testing.assert_allclose(found, [0.02, 0.01], rtol=1e-6)
