import dataclasses

import numpy as np
import pytest

from pipelines.errors import UsageError
from tests.zoo.training.trained import AUTO, RECIPE, begin, data_set
from zoo.runs.run import Run
from zoo.training import train_run
from zoo.training.lr_range_curve import Point


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return data_set(tmp_path_factory.mktemp("data") / "records")


def searched(run, data, monkeypatch):
    """The run and the weights that fitting is given; it does not begin."""

    class SeenError(Exception):
        pass

    def fit(run, network, *_):
        raise SeenError(run, network.training.get_weights())

    with monkeypatch.context() as patched:
        patched.setattr(train_run, "fit", fit)
        with pytest.raises(SeenError) as seen:
            train_run.train(run, data)
    return seen.value.args


def test_a_found_rate_is_written_into_the_recipe_and_the_weights_are_as_before(
    data, tmp_path, monkeypatch
):
    auto = begin(tmp_path / "auto", data, recipe=AUTO)
    run, weights = searched(auto, data, monkeypatch)
    rate = run.recipe.optimisation.learning_rate
    assert 1e-8 <= rate <= 1
    assert Run.resume(auto.path) == run
    assert (run.path / "range_test.png").stat().st_size > 0
    assert (
        len((run.path / "range_test.csv").read_text(encoding="utf-8").splitlines()) > 10
    )
    plain, initial = searched(begin(tmp_path / "plain", data), data, monkeypatch)
    assert plain.recipe.optimisation.learning_rate == 3e-4
    assert all(map(np.array_equal, weights, initial))


def test_a_run_killed_in_the_range_test_makes_it_again(data, tmp_path, monkeypatch):
    def die(*_):
        raise KeyboardInterrupt

    asked = []

    def find(model, training_data, optimisation, rate_shares):
        asked.append(optimisation.learning_rate)
        losses = [*range(20, 10, -1), *range(10)]
        return [
            Point(learning_rate=1e-3 * i, loss=loss, smoothed_loss=loss)
            for i, loss in enumerate(losses)
        ]

    monkeypatch.setattr(train_run.lr_range_test, "find", find)
    run = begin(tmp_path / "run", data, recipe=AUTO)
    with monkeypatch.context() as patched:
        patched.setattr(train_run.lr_range_plot, "draw", die)
        with pytest.raises(KeyboardInterrupt):
            train_run.train(run, data)
    run, _ = searched(Run.resume(run.path), data, monkeypatch)
    assert run.recipe.optimisation.learning_rate == 1e-3
    searched(Run.resume(run.path), data, monkeypatch)
    assert asked == ["auto", "auto"], "the third time there is nothing to find"


def test_a_range_test_of_too_few_updates_makes_no_run(data, tmp_path):
    optimisation = dataclasses.replace(RECIPE.optimisation, learning_rate="auto")
    recipe = dataclasses.replace(RECIPE, optimisation=optimisation)
    with pytest.raises(UsageError, match="wants 20 updates.*range-test.epochs 10"):
        begin(tmp_path / "run", data, recipe=recipe)
    assert not (tmp_path / "run").exists()
