import importlib

import pytest

from zoo.architectures import cnn3d, registry
from zoo.architectures.builder import Builder


def test_it_builds_what_the_function_of_that_name_does():
    built = Builder("cnn3d.build")((8, 8, 8, 1), 3, 0)
    same = cnn3d.build((8, 8, 8, 1), 3, 0)
    assert [w.shape for w in built.weights] == [w.shape for w in same.weights]
    assert [w.path for w in built.weights] == [w.path for w in same.weights]


@pytest.mark.parametrize("name", registry.ARCHITECTURES)
def test_every_builder_of_the_registry_is_there(name):
    module, function = registry.ARCHITECTURES[name].build.name.split(".")
    assert callable(
        getattr(importlib.import_module(f"zoo.architectures.{module}"), function)
    )
