import dataclasses

import pytest

from pipelines.errors import UsageError
from tests.zoo.training.trained import RECIPE, begin, data_set
from zoo.architectures import registry
from zoo.training.data import split_checks
from zoo.training.data.training_data import of_run


def told(**settings):
    optimisation = dataclasses.replace(
        RECIPE.optimisation, class_weights="none", **settings
    )
    return dataclasses.replace(RECIPE, optimisation=optimisation)


def test_batches_and_weights_are_those_of_the_recipe(tmp_path):
    data = data_set(tmp_path / "records")
    targets = split_checks.targets(data, None)["train"]
    run = begin(tmp_path / "run", data, recipe=told(balance=(1, 3)))
    training_data = of_run(run, data, registry.get("cnn3d"), targets)
    assert training_data.steps == 9 // 4
    assert [one.weights.tolist() for one in training_data.weighted_outputs] == [[1, 1]]
    for batch in training_data.train(0).take(3):
        assert batch["volume"].shape == (4, 16, 16, 16, 2)
        assert batch["target"].numpy().sum() == 3
    assert sum(len(batch["target"]) for batch in training_data.validation) == 4


def test_shares_that_a_batch_cannot_have_make_no_run(tmp_path):
    data = data_set(tmp_path / "records")
    with pytest.raises(UsageError, match="a batch of 4 can't be shared out"):
        begin(tmp_path / "run", data, recipe=told(balance=(1, 2)))
    assert not (tmp_path / "run").exists()
