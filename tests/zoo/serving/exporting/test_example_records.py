import numpy as np
import pytest

from pipelines.records import decode
from tests.pipelines.records import small
from tests.zoo.prediction import networks
from tests.zoo.serving.exporting import kinds
from zoo.recipes.recipe import Recipe
from zoo.runs.run import Run
from zoo.serving.exporting import example_records


def parsed(run, examples):
    parse = decode.parser(run.task, require_target=False)
    return [parse(record) for record in examples.records]


def test_made_up_records_are_of_the_task_each_another(tmp_path):
    run = networks.run(tmp_path / "run")
    examples = example_records.made_up(run)
    samples = parsed(run, examples)
    assert len({*examples.records}) == len(samples) == 4
    assert examples.records == example_records.made_up(run).records
    for sample in samples:
        share = np.mean(sample["foreground"])
        assert 0.1 < share < 0.9
        assert sample["patient_id"] == sample["sample_id"] == b""


@pytest.mark.parametrize(("shape", "channels"), [((1, 8, 8), 1), ((6, 5, 4), 3)])
def test_made_up_records_of_any_grid(tmp_path, shape, channels):
    names = tuple(f"T{number}" for number in range(channels))
    task = small.task(channels=names, shape=shape)
    run = Run(path=tmp_path, recipe=Recipe(arch="cnn3d"), task=task, data_digest="d")
    for sample in parsed(run, example_records.made_up(run)):
        assert sample["volume"].shape == (*shape, channels)
        assert np.any(sample["foreground"])


def test_the_last_one_lacks_what_may_lack(tmp_path):
    optional = networks.run(tmp_path / "optional", **kinds.SETTINGS["optional"])
    present = [
        sample["present"].numpy().tolist()
        for sample in parsed(optional, example_records.made_up(optional))
    ]
    assert present == [[1, 1]] * 3 + [[1, 0]]


def test_they_have_the_channels_alone(tmp_path):
    recipe = Recipe(arch="cnn3d")
    run = networks.run(tmp_path / "run", task=networks.FITTED, recipe=recipe)
    first, *_, last = parsed(run, example_records.made_up(run))
    assert first["present"].numpy().tolist() == [1, 1]
    assert last["present"].numpy().tolist() == [1, 0]
    assert first["volume"].shape == (*networks.SHAPE, 2)


def test_covariates_are_near_those_of_training(tmp_path):
    clinical = networks.run(tmp_path / "run", **kinds.SETTINGS["covariates"])
    samples = parsed(clinical, example_records.made_up(clinical))
    numbers = np.stack([sample["covariates"] for sample in samples])
    weight, age, sex = numbers.T  # the network sees age and sex
    assert np.isnan(weight).all()
    assert np.isnan(numbers[-1]).all()
    assert (np.abs(age[:-1] - 50) < 40).all()
    assert {*sex[:-1]} <= {0, 1}


def test_real_ones_are_of_every_shard_in_turn(tmp_path):
    data = small.data_set(tmp_path, small.task())
    examples = example_records.of_data_set(data)
    assert len(examples.records) == 8
    parse = decode.parser(data.task, require_target=True)
    ids = [parse(record)["sample_id"].numpy().decode() for record in examples.records]
    assert len({*ids}) == 8
    assert examples.source == "records of the data set"
