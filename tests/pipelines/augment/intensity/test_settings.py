from dataclasses import fields

import pytest

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
        ("noise_deviation", (-0.1, 0.1)),
    ],
)
def test_a_range_keeps_within_its_limits(name, limits):
    with pytest.raises(ValueError, match=f"intensity.{name} .* Received: "):
        Intensity(**{name: limits})


@pytest.mark.parametrize("name", CHANCES)
def test_a_chance_turns_its_change_on(name):
    assert not Intensity().changes
    assert Intensity(**{name: 0.1}).changes
    colours = ("hue_chance", "saturation_chance", "value_chance")
    assert Intensity(**{name: 0.1}).colours == (name in colours)
