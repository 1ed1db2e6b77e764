import sys

import keras
import pytest

from pipelines.errors import UsageError
from zoo.architectures import registry, user_defined

MODULE = """
import keras
from zoo.architectures import cnn3d
from zoo.architectures.architecture import Architecture

number = 3


def volumes(input_shape, rank, seed):
    return cnn3d.build(input_shape, rank, seed)


def slices(input_shape, rank=2, seed=0):
    return cnn3d.build(input_shape, rank, seed)


full = Architecture(
    name="x", rank=3, build=cnn3d.build, minimum_size=8, reference=(8, 8, 8, 1),
    auxiliary=("relu1",), citation="mine",
)


def wrong_arguments(shape):
    return None


def wrong_rank(input_shape, rank=4, seed=0):
    return None


def fails(input_shape, rank, seed):
    raise ZeroDivisionError("by zero")


def nothing(input_shape, rank, seed):
    return None


def other_input(input_shape, rank, seed):
    return cnn3d.build((8, 8, 8, 5), rank, seed)


def pooled(input_shape, rank, seed):
    model = cnn3d.build(input_shape, rank, seed)
    return keras.Model(
        model.input, keras.layers.GlobalAveragePooling3D()(model.output)
    )


class Mine(keras.layers.ReLU):
    pass


def own_layer(input_shape, rank, seed):
    model = cnn3d.build(input_shape, rank, seed)
    inner = keras.Model(model.input, Mine()(model.output))
    return keras.Model(model.input, inner(model.input))


class Whole(keras.Model):
    pass


def own_model(input_shape, rank, seed):
    model = cnn3d.build(input_shape, rank, seed)
    return Whole(model.input, model.output)
"""


@pytest.fixture(autouse=True)
def module(tmp_path, monkeypatch):
    (tmp_path / "users_networks.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("users_networks", None)


def load(name):
    return registry.get(f"users_networks:{name}")


def built(name):
    return load(name).build((8, 9, 10, 2), 3, 0)


@pytest.mark.parametrize(("name", "rank"), [("volumes", 3), ("slices", 2)])
def test_the_default_of_rank_says_what_it_sees(name, rank):
    architecture = load(name)
    assert architecture.rank == rank
    assert architecture.name == f"users_networks:{name}"
    model = architecture.build((8, 8, 8)[:rank] + (1,), rank, 0)
    assert isinstance(model, keras.Model)


def test_an_architecture_says_more():
    architecture = load("full")
    assert architecture.auxiliary == ("relu1",)
    assert architecture.name == "users_networks:full"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("number", "neither a function nor an Architecture. Received: int"),
        ("absent", "has no 'absent'"),
        ("wrong_arguments", r"must take \(input_shape, rank, seed\).*\(shape\)"),
        ("wrong_rank", "2, for slices, or 3, for volumes. Received: 4"),
    ],
)
def test_what_can_be_no_builder(name, message):
    with pytest.raises(UsageError, match=message):
        load(name)


def test_a_module_that_is_not_there():
    with pytest.raises(UsageError, match="no_such_module can't be imported.*install"):
        user_defined.load("no_such_module:build")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("fails", r"for input \(8, 9, 10, 2\): ZeroDivisionError: by zero"),
        ("nothing", "one output. Received: NoneType"),
        ("other_input", r"one input of shape \(8, 9, 10, 2\).*\(8, 8, 8, 5\)"),
        ("pooled", r"a feature map .* Received: \(128,\)"),
        ("own_model", "Keras does not bring.* Received: Whole"),
        ("own_layer", "Keras does not bring.* Received: Mine"),
    ],
)
def test_what_breaks_the_contract(name, message):
    with pytest.raises(UsageError, match=message):
        built(name)


def test_a_module_of_the_working_directory(tmp_path, monkeypatch):
    # Neither a console script nor a command that `python -m` begins looks there.
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "networks_at_work.py").write_text(MODULE, encoding="utf-8")
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.setattr(sys, "path", list(sys.path))
    assert user_defined.load("networks_at_work:volumes").rank == 3
    assert sys.path[-1] == str(tmp_path / "work")
    sys.modules.pop("networks_at_work")


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (":", "the module  can't be imported .ValueError: Empty module name"),
        ("..x:build", "can't be imported .TypeError: "),
        ("broken_module:build", "can't be imported .ZeroDivisionError: .*install it"),
    ],
)
def test_whatever_a_module_ends_with_is_an_error(name, message, tmp_path, monkeypatch):
    (tmp_path / "broken_module.py").write_text("1 / 0\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(UsageError, match=message):
        registry.get(name)
