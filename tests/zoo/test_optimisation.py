import pytest

from zoo.optimisation import Optimisation, Schedule


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"epochs": 0}, "epochs must be positive"),
        ({"accumulate": 0}, "accumulate must be positive"),
        ({"clip_norm": 0.0}, "clip_norm must be positive"),
        ({"auxiliary_weight": -1}, "auxiliary_weight must be 0"),
        ({"focal_gamma": -1}, "focal_gamma must be 0"),
        ({"ema_decay": 1.0}, "ema_decay must be in"),
        ({"label_smoothing": -0.1}, "label_smoothing must be in"),
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
    ],
)
def test_values_that_cannot_be_are_errors(settings, message):
    with pytest.raises(ValueError, match=f"{message}.*Received"):
        Optimisation(**settings)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"warmup_epochs": -1}, "a warm-up is 0 or longer"),
        ({"warmup_epochs": 1, "warmup_updates": 5}, "epochs or in updates"),
        ({"factor": 1.0}, "factor is between 0 and 1"),
        ({"lowest": 1.0}, "lowest from 0 to below 1"),
        ({"kind": "step"}, "step_epochs goes with schedule.kind = 'step'"),
        ({"kind": "cosine", "step_epochs": 3}, "step_epochs goes with"),
        ({"kind": "plateau"}, "plateau_epochs goes with schedule.kind = 'plateau'"),
    ],
)
def test_schedules_that_cannot_be_are_errors(settings, message):
    with pytest.raises(ValueError, match=f"{message}.*Received"):
        Schedule(**settings)
