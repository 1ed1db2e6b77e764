"""The contract of every entry of the registry, on whatever backend Keras runs.

    KERAS_BACKEND=jax python -m pytest tests/zoo/architectures/test_contract.py

needs no TensorFlow; the export is TensorFlow's alone. With pytest-xdist,
`--dist loadgroup` keeps the tests of an entry together, so that each of its models is
built once.
"""

import gc
from dataclasses import dataclass

import keras
import numpy as np
import pytest

from pipelines.errors import DataError
from tests.zoo.architectures import contract, fresh
from tests.zoo.architectures.contract import CLASSES, ELSEWHERE, Subject
from tests.zoo.architectures.fresh_process import FreshProcess, Loaded
from tests.zoo.architectures.maps import MAPS
from zoo import classifier, registry
from zoo.recipe import Recipe, Slices
from zoo.weights import strict

only_tensorflow = pytest.mark.skipif(
    not fresh.ON_TENSORFLOW, reason="SavedModel is TensorFlow's"
)

# One of each family; the others take ten seconds to minutes each.
QUICK = ("cnn3d", "inception")


def entries():
    """The names of the registry, each a group of its own, most of them slow."""
    for name in registry.ARCHITECTURES:
        marks = [pytest.mark.xdist_group(name)]
        if name not in QUICK:
            marks.append(pytest.mark.slow)
        yield pytest.param(name, marks=marks)


@pytest.fixture(scope="module", params=list(entries()))
def subject(request):
    yield Subject(registry.get(request.param))
    gc.collect()


@pytest.fixture(scope="session")
def fresh_process():
    process = FreshProcess()
    yield process
    process.close()


@dataclass(frozen=True, kw_only=True)
class Saved:
    """Outputs here and, of the saved and the exported model, in a fresh process."""

    here: dict[str, np.ndarray]
    fresh: Loaded


@pytest.fixture(scope="module")
def saved(subject, fresh_process, tmp_path_factory):
    directory = tmp_path_factory.mktemp("saved")
    inference = subject.classifier.inference
    here = fresh.forward(inference, subject.volumes)
    np.save(directory / "volumes.npy", subject.volumes)
    inference.save(directory / "model.keras")
    if fresh.ON_TENSORFLOW:
        inference.export(str(directory / "served"), verbose=False)
    return Saved(here=here, fresh=fresh_process.load(directory))


def test_maps_are_stated_for_every_entry():
    assert set(MAPS) == set(registry.ARCHITECTURES)
    assert set(QUICK) <= set(registry.ARCHITECTURES)


def test_size_and_stride_of_the_map(subject):
    smallest, elsewhere, features = MAPS[subject.architecture.name]
    backbone = subject.classifier.backbone
    assert backbone.output.shape == (None, *smallest, features)
    assert subject.elsewhere.output.shape == (None, *elsewhere, features)


def test_below_the_minimum_size_is_an_error(subject):
    architecture = subject.architecture
    axes = (1, 2) if architecture.rank == 2 else (0, 1, 2)
    for axis in axes:
        shape = list(subject.shape)
        shape[axis] -= 1
        message = f"{architecture.name} wants at least {architecture.minimum_size} vox"
        with pytest.raises(DataError, match=message):
            classifier.build(
                Recipe(arch=architecture.name, slices=Slices(train=2)),
                architecture,
                shape=tuple(shape),
                classes=CLASSES,
                seed=1,
            )


def test_layers_are_kerass_own(subject):
    assert not contract.foreign(subject.classifier.training)
    assert not contract.foreign(subject.classifier.inference)


def test_the_seed_alone_decides_the_weights(subject):
    again = contract.fingerprints(subject.elsewhere)
    assert not contract.not_reproduced(subject.weights, again)
    assert not contract.drawn_alike(subject.all_weights)
    other = subject.half_weights
    assert not contract.not_drawn_by_seed(subject.all_weights, other)
    assert any(not value.startswith("constant") for value in subject.weights.values())


def test_names_depend_on_nothing(subject):
    names = [
        [layer.name for layer in model.layers]
        for model in (
            subject.classifier.backbone,
            subject.elsewhere,
            subject.half.backbone,
        )
    ]
    assert len(set(names[0])) == len(names[0])
    assert names[0] == names[2]
    # A place that halves nothing has no pooling and no padding: no weights either.
    weighted = [
        [layer.name for layer in model.layers if layer.weights]
        for model in (subject.classifier.backbone, subject.elsewhere)
    ]
    assert weighted[0] == weighted[1]


def test_inference_gives_logits_probabilities_and_features(subject, saved):
    found = saved.here
    features = MAPS[subject.architecture.name][2]
    assert [i.name for i in subject.classifier.inference.inputs] == ["volume"]
    assert set(found) == {"logits", "probabilities", "features"}
    assert found["logits"].shape == found["probabilities"].shape == (2, CLASSES)
    assert found["features"].shape == (2, features)
    assert all(np.isfinite(values).all() for values in found.values())
    np.testing.assert_allclose(found["probabilities"].sum(-1), 1, rtol=1e-5)


def test_a_saved_model_loads_bit_equal_without_the_package(saved):
    assert not saved.fresh.error
    for output, values in saved.here.items():
        assert np.array_equal(saved.fresh.outputs[f"keras/{output}"], values), output


@only_tensorflow
def test_an_exported_model_serves_the_same_numbers(saved):
    assert not saved.fresh.error
    for output, values in saved.here.items():
        np.testing.assert_allclose(
            saved.fresh.outputs[f"served/{output}"], values, rtol=1e-4, atol=1e-5
        )


@only_tensorflow
def test_an_exported_graph_needs_neither_python_nor_xla(saved):
    assert saved.fresh.operations & {"Conv2D", "Conv3D"}
    assert not contract.refused(saved.fresh.operations)


def test_gradients_reach_every_trainable_weight(subject):
    training = subject.classifier.training
    auxiliary = [f"auxiliary_{i}" for i in range(len(subject.architecture.auxiliary))]
    assert list(training.output) == ["logits", *auxiliary]
    depth = training.inputs[0].shape[1]
    volumes = np.random.default_rng(1).normal(size=(4, depth, *subject.shape[1:]))
    assert not contract.not_trained(training, volumes.astype("float32"))


def test_mixed_precision_gives_float32_outputs(subject):
    half = subject.half
    found = fresh.forward(half.inference, subject.volumes)
    assert half.backbone.output.dtype == "bfloat16"
    assert {
        keras.backend.standardize_dtype(x.dtype) for x in half.training.output.values()
    } == {"float32"}
    assert {values.dtype.name for values in found.values()} == {"float32"}
    assert all(np.isfinite(values).all() for values in found.values())


def test_weights_go_round(subject, tmp_path):
    """By the names that files of weights have, and as Keras saves them."""
    assert subject.half_weights  # taken before they are overwritten
    given, taker = subject.classifier, subject.half
    expected = contract.arrays(given.backbone)
    strict.assign(strict.by_name(taker.backbone), expected, "the other backbone")
    _assert_equal(contract.arrays(taker.backbone), expected)

    given.inference.save_weights(tmp_path / "all.weights.h5")
    taker.inference.set_weights([0 * w for w in taker.inference.get_weights()])
    taker.inference.load_weights(tmp_path / "all.weights.h5")
    _assert_equal(contract.arrays(taker.backbone), expected)
    for mine, theirs in zip(
        taker.inference.get_weights(), given.inference.get_weights(), strict=True
    ):
        assert np.array_equal(mine, theirs)


def _assert_equal(found, expected):
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert np.array_equal(found[name], array), name


def test_depth_elsewhere_is_larger_than_every_minimum():
    for architecture in registry.ARCHITECTURES.values():
        assert min(ELSEWHERE[architecture.rank]) >= architecture.minimum_size
