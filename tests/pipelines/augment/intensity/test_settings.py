import pickle
from dataclasses import fields

import pytest

from pipelines.augment.intensity.operations.blur import Blur
from pipelines.augment.intensity.operations.gamma import Gamma
from pipelines.augment.intensity.operations.noise import Noise
from pipelines.augment.intensity.registry import OPERATIONS
from pipelines.augment.intensity.settings import Intensity

RANGES = [one.name for one in fields(Intensity) if isinstance(one.default, tuple)]
CHANCES = [one.name for one in fields(Intensity) if one.default == 0.0]


def test_every_setting_is_a_chance_or_a_range():
    assert len(CHANCES) + len(RANGES) == len(fields(Intensity))
    assert all(f"{name.rpartition('_')[0]}_chance" in CHANCES for name in RANGES)


@pytest.mark.parametrize("name", CHANCES)
@pytest.mark.parametrize("chance", [-0.1, 1.1])
def test_a_chance_is_between_0_and_1(name, chance):
    with pytest.raises(ValueError, match=f"intensity.{name} is a chance"):
        Intensity(**{name: chance})


@pytest.mark.parametrize("name", RANGES)
def test_a_range_goes_upwards(name):
    first, last = getattr(Intensity(), name)
    with pytest.raises(ValueError, match=f"intensity.{name} is from, to within"):
        Intensity(**{name: (last, first)})


@pytest.mark.parametrize(
    "name, limits",
    [
        ("bias_field_strength", (0.5, 1.0)),
        ("gibbs_kept", (0.0, 0.5)),
        ("ghosting_copies", (1, 2)),
        ("ghosting_copies", (2, 2000)),
        ("noise_deviation", (-0.1, 0.1)),
        ("noise_deviation", (0.0, float("inf"))),
        ("brightness_shift", (float("nan"), 0.1)),
    ],
)
def test_a_range_keeps_within_its_limits(name, limits):
    with pytest.raises(ValueError, match=f"intensity.{name} .* Received: "):
        Intensity(**{name: limits})


@pytest.mark.parametrize("name", CHANCES)
def test_a_chance_turns_its_operation_on(name):
    assert Intensity().operations == ()
    (operation,) = Intensity(**{name: 0.1}).operations
    assert type(operation) is OPERATIONS[name.removesuffix("_chance")]
    assert operation.chance == 0.1


def test_operations_have_the_parameters_and_the_order_of_the_table():
    settings = Intensity(
        noise_chance=0.2, noise_deviation=(0.1, 0.3), gamma_chance=0.4, blur_chance=1.0
    )
    assert settings.operations == (
        Gamma(chance=0.4),
        Blur(chance=1.0),
        Noise(chance=0.2, deviation=(0.1, 0.3)),
    )


def test_every_key_is_explained():
    """The help of the command line is read from the docstring."""
    for name in CHANCES + RANGES:
        assert f"\n    {name}: " in Intensity.__doc__


def test_keys_keep_the_order_that_recipes_of_older_runs_have():
    assert [one.name for one in fields(Intensity)][:6] == [
        *("gamma_chance", "gamma_exponent", "hue_chance", "hue_turn"),
        *("saturation_chance", "saturation_factor"),
    ]
    assert fields(Intensity)[-1].name == "channel_dropout_chance"


def test_a_process_may_be_handed_the_table():
    settings = Intensity(noise_chance=0.2)
    assert pickle.loads(pickle.dumps(settings)) == settings
