"""Training with covariates, from the recipe to the model file."""

import keras
import pytest

from pipelines.errors import UsageError
from tests.pipelines.records import small
from zoo import heads, training
from zoo.recipe import Evaluation, Head, Optimisation, Recipe
from zoo.run import Run

RECIPE = Recipe(
    arch="cnn3d",
    head=Head(covariates=("age",), units=(2,)),
    optimisation=Optimisation(epochs=1, batch_size=4),
    evaluation=Evaluation(bootstrap=20),
)
SPLITS = {("train", ""): 9, ("validation", ""): 4, ("test", ""): 4}


def begin(path, data, recipe=RECIPE):
    return training.begin(path, recipe=recipe, data=data, fold=None, options={})


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    task = small.task(shape=(16, 16, 16), covariates=("psa", "age"))
    return small.data_set(tmp_path_factory.mktemp("data"), task, SPLITS)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, data):
    """A whole run and what training gave back."""
    run = begin(tmp_path_factory.mktemp("run") / "run", data)
    return run, training.train(run, data)


def test_the_model_has_learned_from_covariates(trained):
    run, _ = trained
    model = keras.models.load_model(Run.open(run.path).model_path)
    assert [*model.input] == ["volume", "covariates"]
    layer = model.get_layer("head").get_layer(heads.COVARIATE_LOGITS)
    value, missing = layer.get_weights()[0]
    assert (abs(value) > 0).all()
    assert (missing == 0).all()  # nobody's age is missing


def test_a_covariate_that_is_not_there_makes_no_run(data, tmp_path):
    with pytest.raises(UsageError, match="psa, age. Received: weight"):
        begin(tmp_path / "run", data, Recipe(head=Head(covariates=("weight",))))
    assert not (tmp_path / "run").exists()
