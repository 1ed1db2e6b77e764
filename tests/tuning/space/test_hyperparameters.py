"""A space as KerasTuner has it, asked by KerasTuner's own oracles."""

import itertools

import keras_tuner
import pytest
from keras_tuner import oracles

from pipelines.errors import DataError
from tuning.space import grid, hyperparameters
from tuning.space import space as spaces

DECAY = "optimisation.weight_decay"
TABLES = {
    "optimisation.optimizer": {"choice": ["adam", "adamw"]},
    "optimisation.learning_rate": {"log": [1e-5, 1e-2], "step": 10},
    DECAY: {
        "log": [1e-3, 1e-1],
        "when": {"optimisation.optimizer": "adamw"},
        "step": 10,
    },
    "optimisation.nesterov": {"choice": [False, True]},
    "head.units": {"choice": [[], [32], [64, 32]]},
    "head.dropout": {"range": [0.0, 0.5], "step": 0.25},
    "slices.train": {
        "integers": [1, 2],
        "when": {"optimisation.optimizer": "adamw", "optimisation.nesterov": True},
    },
}
SPACE = spaces.of_tables(TABLES)
OBJECTIVE = keras_tuner.Objective("val_auc", "max")


def suggestions(oracle, number, tmp_path):
    oracle._set_project_dir(tmp_path, "o")
    for count in range(number):
        trial = oracle.create_trial("tuner0")
        if trial.status != "RUNNING":
            return
        values = hyperparameters.active(SPACE, trial.hyperparameters.values)
        yield values
        oracle.update_trial(trial.trial_id, {"val_auc": count % 7 / 7}, step=0)
        trial.status = "COMPLETED"
        oracle.end_trial(trial)


def oracle(kind, **options):
    return kind(
        objective=OBJECTIVE, hyperparameters=hyperparameters.declared(SPACE), **options
    )


def is_right(values):
    """Whether values are of the space, with just those whose conditions hold."""
    adamw = values["optimisation.optimizer"] == "adamw"
    both = adamw and values["optimisation.nesterov"] is True
    wanted = set(TABLES) - (set() if adamw else {DECAY})
    wanted -= set() if both else {"slices.train"}
    points = {each.name: each.points for each in SPACE.parameters}
    inside = all(value in points[name] for name, value in values.items())
    return set(values) == wanted and inside


@pytest.mark.parametrize(
    "made",
    [
        lambda: oracle(oracles.RandomSearchOracle, max_trials=30, seed=1),
        lambda: oracle(oracles.BayesianOptimizationOracle, max_trials=12, seed=1),
        lambda: oracle(oracles.HyperbandOracle, max_epochs=4, seed=1),
    ],
    ids=["random", "bayesian", "hyperband"],
)
def test_oracles_suggest_what_is_of_the_space(made, tmp_path):
    given = list(suggestions(made(), 30, tmp_path))
    assert len(given) > 6
    assert all(is_right(values) for values in given)


def test_a_grid_is_every_combination_once(tmp_path):
    made = oracle(oracles.GridSearchOracle, max_trials=10_000)
    given = list(suggestions(made, 10_000, tmp_path))
    distinct = {tuple(sorted((k, str(v)) for k, v in each.items())) for each in given}
    rest = 4 * 3 * 3  # rates, units, rates of dropout
    assert len(given) == len(distinct) == rest * (2 + 3 * (1 + 2))
    assert grid.size(SPACE) == len(given)
    assert all(is_right(values) for values in given)


def test_all_is_declared_up_front_and_begins_with_its_first_value():
    declared = hyperparameters.declared(SPACE)
    assert {each.name for each in declared.space} == set(TABLES)
    assert hyperparameters.active(SPACE, declared.values) == {
        "optimisation.optimizer": "adam",
        "optimisation.learning_rate": 1e-5,
        "optimisation.nesterov": False,
        "head.units": [],
        "head.dropout": 0.0,
    }


def test_keras_tuner_reads_back_what_it_wrote():
    declared = hyperparameters.declared(SPACE)
    again = keras_tuner.HyperParameters.from_config(declared.get_config())
    assert again.get_config() == declared.get_config()


def test_booleans_stay_booleans_and_lists_lists():
    values = {
        "optimisation.optimizer": "adamw",
        "optimisation.nesterov": "true",
        "head.units": "[64, 32]",
        "slices.train": 2,
        "tuner/epochs": 3,
    }
    assert hyperparameters.active(SPACE, values) == {
        "optimisation.optimizer": "adamw",
        "optimisation.nesterov": True,
        "head.units": [64, 32],
        "slices.train": 2,
    }


def test_numbers_stand_in_their_order_and_begin_with_the_first_that_was_named():
    space = spaces.of_tables({"optimisation.batch_size": {"choice": [16, 4, 8]}})
    (declared,) = hyperparameters.declared(space).space
    assert (declared.values, declared.ordered, declared.default) == (
        [4, 8, 16],
        True,
        16,
    )


def test_a_drawn_number_keeps_six_digits_within_its_ends():
    space = spaces.of_tables({"head.dropout": {"range": [0.1, 0.3]}})
    for drawn, kept in {0.123456789: 0.123457, 0.30000000000000004: 0.3}.items():
        assert hyperparameters.active(space, {"head.dropout": drawn}) == {
            "head.dropout": kept
        }


def test_a_value_of_another_space_is_refused():
    with pytest.raises(
        DataError, match="optimizer has no value 'sgd'.*'adam', 'adamw'"
    ):
        hyperparameters.active(SPACE, {"optimisation.optimizer": "sgd"})


def test_conditions_on_numbers_are_in_the_numbers_own_type():
    tables = {
        "augmentation.mixing.cutmix": {"choice": [0, 0.5]},
        "augmentation.mixing.cutmix_alpha": {
            "choice": [0.2, 1.0],
            "when": {"augmentation.mixing.cutmix": 0.5},
        },
    }
    space = spaces.of_tables(tables)
    declared = hyperparameters.declared(space)
    declared.values["augmentation.mixing.cutmix"] = 0.5
    assert [declared.is_active(each) for each in declared.space] == [True, True]
    for number, of in itertools.product((0.0, 0.5), (0.2, 1.0)):
        values = {
            "augmentation.mixing.cutmix": number,
            "augmentation.mixing.cutmix_alpha": of,
        }
        chosen = hyperparameters.active(space, values)
        assert len(chosen) == (2 if number else 1)
