import dataclasses

from tests.zoo.runs.test_history import row
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.transfer import Transfer
from zoo.training.loop import stages

OPTIMISATION = Optimisation(epochs=4, learning_rate=0.1, patience=2)
PLAN = stages.plan(
    Transfer(frozen=("all", "relu1", "none"), epochs=(2, 3), rates=(1.0, 0.5)),
    OPTIMISATION,
)


def rows(numbers, losses=None):
    """Epochs of those stages, each better than the one before if not said else."""
    losses = losses or [1 / (i + 1) for i in range(len(numbers))]
    return [
        dataclasses.replace(row(i + 1, 1 - loss, loss), stage=number)
        for i, (number, loss) in enumerate(zip(numbers, losses, strict=True))
    ]


def numbers(pending):
    return [stage.number for stage in pending]


def test_the_main_stage_comes_last_with_what_the_recipe_says():
    assert [(s.number, s.frozen) for s in PLAN] == [
        *((1, "all"), (2, "relu1"), (3, "none"))
    ]
    assert [s.optimisation.epochs for s in PLAN] == [2, 3, 4]
    assert [s.optimisation.learning_rate for s in PLAN] == [0.1, 0.05, 0.1]
    assert stages.plan(Transfer(), OPTIMISATION) == (
        stages.Stage(frozen="none", optimisation=OPTIMISATION),
    )


def test_without_rates_all_stages_have_the_recipes():
    plan = stages.plan(Transfer(frozen=("all", "none"), epochs=(2,)), OPTIMISATION)
    assert [s.optimisation.learning_rate for s in plan] == [0.1, 0.1]


def test_what_is_left_after_an_interruption():
    assert numbers(stages.pending([], PLAN)) == [1, 2, 3]
    assert numbers(stages.pending(rows([1]), PLAN)) == [1, 2, 3]
    assert numbers(stages.pending(rows([1, 1]), PLAN)) == [2, 3]
    assert numbers(stages.pending(rows([1, 1, 2, 2]), PLAN)) == [2, 3]
    assert numbers(stages.pending(rows([1, 1, 2, 2, 2, 3]), PLAN)) == [3]
    assert not stages.pending(rows([1, 1, 2, 2, 2, 3, 3, 3, 3]), PLAN)


def test_patience_counts_in_its_own_stage():
    losses = [0.1, 0.2, 0.5, 0.6]
    assert not stages.is_over(rows([1, 1, 2, 2], losses), PLAN[1])
    assert stages.is_over(rows([1, 1, 2, 2, 2], [*losses, 0.7]), PLAN[1])
    waited = rows([2, 2, 2], [0.5, 0.6, 0.7])
    longer = dataclasses.replace(
        PLAN[1], optimisation=dataclasses.replace(OPTIMISATION, epochs=9)
    )
    assert stages.is_over(waited, longer)


def test_the_most_epochs_there_can_be():
    assert stages.most_epochs([], PLAN[0], PLAN) == (2, 9)
    assert stages.most_epochs(rows([1]), PLAN[0], PLAN) == (2, 9)
    assert stages.most_epochs(rows([1, 2]), PLAN[1], PLAN) == (4, 8)
    assert stages.most_epochs(rows([1, 1, 2, 2, 2]), PLAN[2], PLAN) == (9, 9)
