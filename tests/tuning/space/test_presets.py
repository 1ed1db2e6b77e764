"""Every network has a space of its family that can be searched as it is."""

import pytest

from tests.pipelines.records import small
from tuning.space import conditions, presets, recipes
from tuning.space import space as spaces
from zoo.architectures import registry
from zoo.recipes.optimisation import Optimisation
from zoo.recipes.recipe import Recipe


@pytest.mark.parametrize("arch", registry.ARCHITECTURES)
def test_an_architecture_has_a_space(arch):
    assert presets.family(arch) in presets.shipped()
    decided = conditions.decided(spaces.load(arch), Recipe(arch=arch))
    assert "optimisation.learning_rate" in decided.names
    assert ("slices.train" in decided.names) == (registry.get(arch).rank == 2)


def test_no_space_is_of_no_architecture():
    families = {presets.family(arch) for arch in registry.ARCHITECTURES}
    assert families == set(presets.shipped())


def test_a_network_of_ones_own_has_no_space():
    assert presets.family("package.module:function") == ""


@pytest.mark.parametrize("name", presets.shipped())
def test_everything_of_a_shipped_space_can_be_trained(tmp_path, name):
    arch = next(arch for arch in registry.ARCHITECTURES if presets.family(arch) == name)
    least = max(16, registry.get(arch).minimum_size)
    task = small.task(
        shape=(least if registry.get(arch).rank == 3 else 8, least, least)
    )
    counts = {("train", ""): 8, ("validation", ""): 4}
    data = small.data_set(tmp_path, task, counts)
    base = Recipe(arch=arch, optimisation=Optimisation(batch_size=4, epochs=2))
    space = conditions.decided(spaces.load(name), base)
    assert recipes.check(space, base, data, [""]) == ()
