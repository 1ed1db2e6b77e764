import dataclasses
import json

import keras
import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.runs.test_history import ROWS
from tests.zoo.training import standin
from zoo.recipes.optimisation import Optimisation
from zoo.training.loop import checkpoint
from zoo.training.loop.compile import compile_model
from zoo.training.loop.weight_averaging import Average


def compiled(**options):
    training, _ = standin.classifier(**options)
    compile_model(training, standin.LEARNED, Optimisation(), {})
    return training


def trained():
    model = compiled()
    batch = standin.element()["volume"]
    model(batch, training=True)  # moves the state of the dropout's seed generator
    for variable in model.optimizer.variables:
        variable.assign(variable + 1)
    return model


def rows_of(folder, monitor="val_auc", stages=1):
    return checkpoint.read_rows(folder, monitor=monitor, stages=stages)


def test_every_variable_comes_back_bit_equal(tmp_path):
    model, other = trained(), compiled(seed=5)
    checkpoint.save_epoch(tmp_path, model, ROWS)
    whole = checkpoint.latest(tmp_path)
    checkpoint.restore(whole, other)
    assert rows_of(whole) == ROWS
    for mine, its in zip(
        [*model.variables, *model.optimizer.variables],
        [*other.variables, *other.optimizer.variables],
        strict=True,
    ):
        np.testing.assert_array_equal(mine.value.numpy(), its.value.numpy())


def averaged(seed):
    """An average that has seen a few updates."""
    leader, follower = (standin.classifier(seed=seed + i)[1] for i in range(2))
    average = Average(leader, follower, 0.5)
    for _ in range(3):
        average.update()
    return average


def test_the_average_of_weights_comes_back_bit_equal(tmp_path):
    mine, its = averaged(0), averaged(5)
    checkpoint.save_epoch(tmp_path, trained(), ROWS, mine)
    checkpoint.restore(checkpoint.latest(tmp_path), compiled(), its)
    for one, other in zip(mine.variables, its.variables, strict=True):
        np.testing.assert_array_equal(one.value.numpy(), other.value.numpy())


def test_a_checkpoint_without_the_average_is_an_error(tmp_path):
    checkpoint.save_epoch(tmp_path, trained(), ROWS)
    with pytest.raises(DataError, match="another network"):
        checkpoint.restore(checkpoint.latest(tmp_path), compiled(), averaged(0))


def test_states_of_seed_generators_are_among_the_variables():
    names = [variable.name for variable in compiled().variables]
    assert "seed_generator_state" in names


def test_only_the_newest_checkpoint_stays(tmp_path):
    model = trained()
    checkpoint.save_epoch(tmp_path, model, ROWS[:1])
    checkpoint.save_epoch(tmp_path, model, ROWS[:2])
    assert [path.name for path in tmp_path.iterdir()] == ["epoch-0002"]


def test_a_checkpoint_that_was_not_finished_does_not_count(tmp_path):
    checkpoint.save_epoch(tmp_path, trained(), ROWS[:1])
    (tmp_path / ".epoch-0002.part").mkdir()
    assert checkpoint.latest(tmp_path).name == "epoch-0001"


def test_no_checkpoint_before_the_first_epoch(tmp_path):
    assert checkpoint.latest(tmp_path / "checkpoints") is None


def test_torn_variables_are_an_error(tmp_path):
    checkpoint.save_epoch(tmp_path, trained(), ROWS)
    path = checkpoint.latest(tmp_path) / "variables.npz"
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(DataError, match="epoch-0004 can't be read.*Remove that"):
        checkpoint.restore(checkpoint.latest(tmp_path), compiled())


def test_torn_rows_are_an_error(tmp_path):
    checkpoint.save_epoch(tmp_path, trained(), ROWS)
    (checkpoint.latest(tmp_path) / "history.json").write_text("[{", encoding="utf-8")
    with pytest.raises(DataError, match="epoch-0004 can't be read"):
        rows_of(checkpoint.latest(tmp_path))


def of_four(**changes):
    """The rows of four epochs as the file has them, the third one changed."""
    rows = [dataclasses.asdict(row) for row in ROWS]
    rows[2] |= changes
    return rows


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"rows": []}, "expected a list"),
        ([1], "expected a table"),
        ([], "holds the epochs none"),
        (of_four()[:3], r"holds the epochs \[1, 2, 3\]"),
        (of_four(epoch=7), r"holds the epochs \[1, 2, 7, 4\]"),
        (of_four(loss="low"), "expected float. Received: 'low'"),
        (of_four(val_auc=None), "epoch 3 has val_auc = None"),
        (of_four(val_auc=None, val_r2=0.5), "epoch 3 has val_auc = None"),
        (of_four(val_auc=float("nan")), "epoch 3 has val_auc = nan"),
        (of_four(stage=0), "epoch 3 is of stage 0 of 1"),
        (of_four(stage=2), "epoch 3 is of stage 2 of 1"),
        (of_four(val_losses=[0.5]), "history.json"),
        (of_four(more=1), "unknown key 'more'"),
    ],
)
def test_rows_of_a_wrong_form_are_an_error(content, message, tmp_path):
    folder = tmp_path / "epoch-0004"
    folder.mkdir()
    (folder / "history.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(DataError, match=f"epoch-0004 can't be read.*{message}"):
        rows_of(folder)


def test_another_network_is_an_error(tmp_path):
    checkpoint.save_epoch(tmp_path, trained(), ROWS)
    with pytest.raises(DataError, match="another network"):
        checkpoint.restore(checkpoint.latest(tmp_path), compiled(auxiliary=False))


def test_best_models_before_are_forgotten(tmp_path):
    _, inference = standin.classifier()
    for epoch in (1, 3):
        checkpoint.save_best(tmp_path, inference, epoch)
    checkpoint.forget_other_bests(tmp_path, 3)
    assert [path.name for path in tmp_path.iterdir()] == ["best-0003.keras"]
    keras.models.load_model(checkpoint.best_path(tmp_path, 3))
