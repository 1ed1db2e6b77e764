import pytest

from pipelines.errors import DataError
from pipelines.storage import config_files
from zoo.recipes.optimisation import Optimisation, RangeTest, Schedule


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "optimisation.epochs must be from 1 to 1000000"),
        ({"accumulate": 0}, "accumulate must be from 1 to"),
        ({"clip_norm": 0.0}, "clip_norm must be from 1e-12 to"),
        ({"auxiliary_weight": -1}, "auxiliary_weight must be from 0 to"),
        ({"focal_gamma": -1}, "focal_gamma must be from 0 to 100"),
        ({"ema_decay": 1.0}, "ema_decay must be from 0 to below 1"),
        ({"label_smoothing": -0.1}, "label_smoothing must be from 0 to below 1"),
        (
            {"balance": (1, 1), "class_weights": "balanced"},
            "make up for rare classes twice",
        ),
        ({"momentum": 0.9}, "momentum goes with optimizer = 'sgd'"),
        ({"optimizer": "sgd", "nesterov": True}, "nesterov wants a momentum"),
        ({"weight_decay": 0.1}, "adam decays no weights.*adamw"),
        ({"optimizer": "adamw"}, "adamw wants a weight_decay"),
        (
            {"epochs": 3, "schedule": Schedule(warmup_epochs=3)},
            "warmup_epochs must be fewer than epochs",
        ),
        (
            {"patience": 3, "schedule": Schedule(kind="plateau", plateau_epochs=3)},
            "plateau_epochs must be fewer than patience",
        ),
        (
            {
                "monitor": "epoch",
                "schedule": Schedule(kind="plateau", plateau_epochs=3),
            },
            "lowers the rate by what is validated",
        ),
    ],
)
def test_values_that_cannot_be_are_errors(settings, message):
    with pytest.raises(ValueError, match=f"{message}.*Received"):
        Optimisation(**settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"warmup_epochs": -1}, "schedule.warmup_epochs must be from 0 to"),
        ({"warmup_epochs": 1, "warmup_updates": 5}, "epochs or in updates"),
        ({"factor": 1.0}, "factor must be above 0 and below 1"),
        ({"lowest": 1.0}, "lowest must be from 0 to below 1"),
        ({"kind": "step"}, "step_epochs goes with schedule.kind = 'step'"),
        ({"kind": "cosine", "step_epochs": 3}, "step_epochs goes with"),
        ({"kind": "plateau"}, "plateau_epochs goes with schedule.kind = 'plateau'"),
    ],
)
def test_schedules_that_cannot_be_are_errors(settings, message):
    with pytest.raises(ValueError, match=f"{message}.*Received"):
        Schedule(**settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "range_test.epochs must be from 1 to"),
        ({"lowest": 1.0, "highest": 0.1}, "lowest is below highest"),
        ({"smoothing": 1.0}, "smoothing must be from 0 to below 1"),
    ],
)
def test_range_tests_that_cannot_be_are_errors(settings, message):
    with pytest.raises(ValueError, match=f"{message}.*Received"):
        RangeTest(**settings)


def test_the_learning_rate_is_a_number_or_to_be_found(tmp_path):
    path = tmp_path / "recipe.toml"
    for value in (3e-4, "auto"):
        told = Optimisation(learning_rate=value)
        path.write_text(config_files.to_toml(told), encoding="utf-8")
        assert config_files.load_toml(Optimisation, path) == told
    path.write_text("learning_rate = 'best'", encoding="utf-8")
    with pytest.raises(DataError, match="expected 'auto', or float. Received: 'best'"):
        config_files.load_toml(Optimisation, path)
