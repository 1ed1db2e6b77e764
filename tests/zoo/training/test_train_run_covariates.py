"""Training with covariates, from the recipe to the model file."""

import json

import keras
import pytest

from pipelines.errors import UsageError
from tests.pipelines.records import small
from tests.zoo.training.trained import SPLITS, begin
from zoo.classifier import heads
from zoo.evaluation.predictions import predictions_file
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Evaluation, Head, Recipe
from zoo.runs.run import Run
from zoo.targets.standardisation import NOTHING
from zoo.training import train_run
from zoo.training.baseline import covariate_baseline

RECIPE = Recipe(
    arch="cnn3d",
    head=Head(covariates=("age",), units=(2,)),
    optimisation=Optimisation(epochs=1, batch_size=4),
    evaluation=Evaluation(bootstrap=200),
)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    task = small.task(shape=(16, 16, 16), covariates=("psa", "age"))
    return small.data_set(tmp_path_factory.mktemp("data"), task, SPLITS)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, data):
    """A whole run and what training gave back."""
    run = begin(tmp_path_factory.mktemp("run") / "run", data, recipe=RECIPE)
    return run, train_run.train(run, data)


def test_the_model_has_learned_from_covariates(trained):
    run, _ = trained
    model = keras.models.load_model(Run.open(run.path).model_path)
    assert [*model.input] == ["volume", "covariates"]
    layer = model.get_layer("head").get_layer(heads.COVARIATE_LOGITS)
    value, missing = layer.get_weights()[0]
    assert (abs(value) > 0).all()
    assert (missing == 0).all()  # nobody's age is missing


def test_a_logistic_regression_stands_beside_the_network(trained):
    run, evidence = trained
    found = predictions_file.read(run.baseline_of(""), run.task.target)
    network = predictions_file.read(run.predictions_path, run.task.target)
    truth = dict(zip(network.sample_id, zip(network.split, network.label)))
    assert dict(zip(found.sample_id, zip(found.split, found.label))) == truth
    beside = evidence["baseline"]
    assert beside["covariates"] == ["age"]
    entry = beside["splits"]["test"]["patient"]["auc"]
    assert entry["intervals"].keys() >= {"bootstrap", "delong"}
    described = json.loads((run.path / "baseline.json").read_text(encoding="utf-8"))
    assert [*described["classes"]] == ["yes"]
    coefficients = described["classes"]["yes"]["coefficients"]
    assert [*coefficients] == ["age", "age missing"]
    assert coefficients["age missing"] == 0


def test_other_splits_do_not_touch_the_regression(trained, data, tmp_path):
    run, _ = trained
    more = small.data_set(tmp_path, data.task, SPLITS | {("test", ""): 30})
    other = begin(tmp_path / "run", more, recipe=RECIPE)
    covariate_baseline.write(other, more)
    for name in ("baseline.json", "standards.json"):
        assert (other.path / name).read_bytes() == (run.path / name).read_bytes()


def test_a_baseline_beside_a_network_of_images_alone(data, tmp_path):
    recipe = Recipe(arch="cnn3d", evaluation=Evaluation(baseline=("psa",)))
    run = begin(tmp_path / "run", data, recipe=recipe)
    assert run.standards == NOTHING
    covariate_baseline.write(run, data)
    described = json.loads((run.path / "baseline.json").read_text(encoding="utf-8"))
    assert described["covariates"] == ["psa"]


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe(arch="cnn3d", head=Head(covariates=("weight",))),
        Recipe(arch="cnn3d", evaluation=Evaluation(baseline=("weight",))),
    ],
)
def test_a_covariate_that_is_not_there_makes_no_run(recipe, data, tmp_path):
    with pytest.raises(UsageError, match="psa, age. Received: weight"):
        begin(tmp_path / "run", data, recipe=recipe)
    assert not (tmp_path / "run").exists()
