import pytest

from pipelines.augment.augmentation import Augmentation
from pipelines.augment.mixing.settings import Mixing
from zoo.recipes.mixmatch import MixMatch
from zoo.recipes.recipe import Recipe


def test_it_is_off_unless_asked_for():
    assert not MixMatch().learns and MixMatch(weight=1.0).learns


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"weight": -1.0}, "mixmatch.weight must be from 0 to.*-1.0"),
        ({"weight": 1.0, "ramp_epochs": -1.0}, "ramp_epochs must be from 0 to.*-1.0"),
        ({"weight": 1.0, "copies": 0}, "copies must be from 1 to 1000.*: 0"),
        (
            {"weight": 1.0, "temperature": 0.0},
            "temperature must be from 0.001 to 1.*: 0.0",
        ),
        (
            {"weight": 1.0, "temperature": 1.5},
            "temperature must be from 0.001 to 1.*: 1.5",
        ),
        ({"weight": 1.0, "alpha": 0.0}, "alpha must be from 0.01 to 1000.*: 0.0"),
        ({"copies": 3}, "wants a weight, e.g. 75.*another copies"),
    ],
)
def test_settings_that_make_no_sense(settings, message):
    with pytest.raises(ValueError, match=message):
        MixMatch(**settings)


def test_samples_are_not_mixed_twice():
    mixed = Augmentation(mixing=Mixing(cutmix=0.5))
    with pytest.raises(ValueError, match="mixes the samples itself.*cutmix=0.5"):
        Recipe(mixmatch=MixMatch(weight=1.0), augmentation=mixed)
