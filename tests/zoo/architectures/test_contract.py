"""The contract of every entry of the registry, on whatever backend Keras runs.

    KERAS_BACKEND=jax python -m pytest tests/zoo/architectures/test_contract.py

needs no TensorFlow; the export is TensorFlow's alone. An entry is one test, so that its
networks are built once, whichever process runs it. A check returns what is wrong.
"""

import gc
from pathlib import Path

import numpy as np
import pytest

from pipelines.errors import UsageError
from tests.zoo.architectures import contract, feature_map_names, fresh
from tests.zoo.architectures.fresh_process import FreshProcess
from tests.zoo.architectures.maps import MAPS
from tests.zoo.architectures.subject import CLASSES, ELSEWHERE, Subject
from zoo.architectures import feature_maps, registry
from zoo.architectures.architecture import input_shape
from zoo.weights import assign as assign_weights

# The cheapest of the families; the others take half a minute to minutes each.
QUICK = ("cnn3d", "alexnet")


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
        for name in registry.ARCHITECTURES
    ],
)
def test_contract(name, tmp_path, fresh_process):
    wrong = broken(Subject(registry.get(name)), tmp_path, fresh_process)
    gc.collect()  # networks are rings of references
    assert not wrong


def test_a_map_is_stated_for_every_entry():
    assert set(MAPS) == set(registry.ARCHITECTURES)
    assert set(feature_map_names.NAMES) == set(registry.ARCHITECTURES)
    assert set(QUICK) <= set(registry.ARCHITECTURES)
    for architecture in registry.ARCHITECTURES.values():
        assert min(ELSEWHERE[architecture.rank]) >= architecture.minimum_size


def broken(
    subject: Subject, directory: Path, fresh_process: FreshProcess
) -> dict[str, list[str]]:
    """By part of the contract what is wrong; the order matters to the last ones."""
    found = {
        "map": map_of_stated_size(subject),
        "feature maps": feature_maps_named(subject),
        "minimum": error_below_the_minimum(subject),
        "layers": layers_of_keras_alone(subject),
        "seed": weights_from_the_seed_alone(subject),
        "names": stable_names(subject),
        "saved": saved_and_served(subject, directory, fresh_process),
        "gradients": gradients_for_every_weight(subject),
        "mixed precision": outputs_in_float32(subject),
        "weights": weights_go_round(subject, directory),
    }
    return {part: wrong for part, wrong in found.items() if wrong}


def map_of_stated_size(subject: Subject) -> list[str]:
    """Size and stride: the map at the smallest input and at another."""
    smallest, elsewhere, features = MAPS[subject.architecture.name]
    found = {
        "smallest": (subject.classifier.backbone.output.shape, smallest),
        "elsewhere": (subject.elsewhere.output.shape, elsewhere),
    }
    return [
        f"{where}: {shape}, stated {stated}, {features}"
        for where, (shape, stated) in found.items()
        if shape != (None, *stated, features)
    ]


def feature_maps_named(subject: Subject) -> list[str]:
    """As listed at the smallest input; a larger one has them too, perhaps finer ones.

    Their sizes fall, and the last is the backbone's output.
    """
    stated = feature_map_names.NAMES[subject.architecture.name]
    wrong = contract.wrong_feature_maps(subject.classifier.backbone, stated)
    elsewhere = feature_maps.feature_map_names(subject.elsewhere)
    if elsewhere[-len(stated) :] != stated:
        wrong.append(f"elsewhere {elsewhere}")
    return wrong + contract.wrong_feature_maps(subject.elsewhere, elsewhere)


def error_below_the_minimum(subject: Subject) -> list[str]:
    """The smallest input, shorter along any one axis, is refused in words."""
    architecture = subject.architecture
    wrong = []
    for axis in (1, 2) if architecture.rank == 2 else (0, 1, 2):
        shape = list(subject.shape)
        shape[axis] -= 1
        message = f"{architecture.name} wants at least {architecture.minimum_size} vox"
        try:
            input_shape(architecture, tuple(shape))
            wrong.append(f"{shape} is taken")
        except UsageError as error:
            if message not in str(error):
                wrong.append(str(error))
    return wrong


def layers_of_keras_alone(subject: Subject) -> list[str]:
    """In the trained and in the serving model."""
    built = subject.classifier
    return contract.foreign(built.training) + contract.foreign(built.inference)


def weights_from_the_seed_alone(subject: Subject) -> list[str]:
    """Not from the input's size, the state of the world or another layer."""
    again = contract.fingerprints(subject.elsewhere)
    every = subject.all_weights
    return [
        *contract.not_reproduced(subject.weights, again),
        *contract.drawn_alike(every),
        *contract.not_drawn_by_seed(every, subject.half_weights),
    ]


def stable_names(subject: Subject) -> list[str]:
    """The same in a second network as in the first, and each given once.

    Where a smaller input is halved less often, poolings and paddings are missing:
    only layers with weights are compared with the network for another input.
    """
    first = subject.classifier.backbone.layers
    again = subject.half.backbone.layers
    elsewhere = [layer for layer in subject.elsewhere.layers if layer.weights]
    weighted = [layer for layer in first if layer.weights]
    wrong = [
        f"{one.name}, in another network {other.name}"
        for one, other in [
            *zip(first, again, strict=True),
            *zip(weighted, elsewhere, strict=True),
        ]
        if one.name != other.name
    ]
    names = [layer.name for layer in first]
    return wrong + [name for name in names if names.count(name) > 1]


def saved_and_served(
    subject: Subject, directory: Path, fresh_process: FreshProcess
) -> list[str]:
    """A fresh process loads the saved and the exported model and gets the outputs."""
    inference = subject.classifier.inference
    here = fresh.forward(inference, subject.volumes)
    np.save(directory / "volumes.npy", subject.volumes)
    inference.save(directory / "model.keras")
    if fresh.ON_TENSORFLOW:
        inference.export(str(directory / "served"), verbose=False)
    loaded = fresh_process.load(directory)
    if loaded.error:
        return [loaded.error]
    wrong = outputs_of_a_classifier(subject, here)
    for name, values in here.items():
        if not np.array_equal(loaded.outputs[f"keras/{name}"], values):
            wrong.append(f"{name} of the saved model differs")
    if fresh.ON_TENSORFLOW:
        wrong += contract.refused(loaded.operations)
        if not loaded.operations & {"Conv2D", "Conv3D"}:
            wrong.append(f"no convolution among {sorted(loaded.operations)}")
        for name, values in here.items():
            served = loaded.outputs[f"served/{name}"]
            if not np.allclose(served, values, rtol=1e-4, atol=1e-5):
                wrong.append(f"{name} of the exported model differs")
    return wrong


def outputs_of_a_classifier(
    subject: Subject, found: dict[str, np.ndarray]
) -> list[str]:
    """Logits, probabilities and features of each volume, finite."""
    features = MAPS[subject.architecture.name][2]
    stated = {
        "logits": (2, CLASSES),
        "probabilities": (2, CLASSES),
        "features": (2, features),
    }
    shapes = {name: values.shape for name, values in found.items()}
    if shapes != stated:
        return [f"outputs {shapes}, not {stated}"]
    wrong = [f"{name} not finite" for name, x in found.items() if not finite(x)]
    if not np.allclose(found["probabilities"].sum(-1), 1, rtol=1e-5):
        wrong.append("probabilities don't sum to 1")
    if [one.name for one in subject.classifier.inference.inputs] != ["volume"]:
        wrong.append("the input is not named volume")
    return wrong


def gradients_for_every_weight(subject: Subject) -> list[str]:
    """Of the backbone, the head and the auxiliary heads, by one step."""
    training = subject.classifier.training
    auxiliary = [f"auxiliary_{i}" for i in range(len(subject.architecture.auxiliary))]
    if list(training.output) != ["logits", *auxiliary]:
        return [f"heads {list(training.output)}"]
    depth = training.inputs[0].shape[1]
    volumes = np.random.default_rng(1).normal(size=(4, depth, *subject.shape[1:]))
    return contract.not_trained(training, volumes.astype("float32"))


def outputs_in_float32(subject: Subject) -> list[str]:
    """Of a network that computes in bfloat16."""
    half = subject.half
    kinds = {f"map {half.backbone.output.dtype}", *dtypes(half.training.output)}
    found = fresh.forward(half.inference, subject.volumes)
    wrong = sorted((kinds | dtypes(found)) ^ {"map bfloat16", "float32"})
    return wrong + [f"{name} not finite" for name, x in found.items() if not finite(x)]


def weights_go_round(subject: Subject, directory: Path) -> list[str]:
    """By the names that files of weights have, and as Keras saves them."""
    given, taker = subject.classifier, subject.half
    expected = contract.arrays(given.backbone)
    assign_weights.assign(
        assign_weights.by_name(taker.backbone), expected, "the other backbone"
    )
    wrong = contract.unequal(contract.arrays(taker.backbone), expected)
    path = directory / "all.weights.h5"
    given.inference.save_weights(path)
    taker.inference.set_weights([0 * w for w in taker.inference.get_weights()])
    taker.inference.load_weights(path)
    wrong += contract.unequal(contract.arrays(taker.backbone), expected)
    head = contract.arrays(given.inference.get_layer("head"))
    found = contract.arrays(taker.inference.get_layer("head"))
    return wrong + contract.unequal(found, head)


def dtypes(tensors: dict) -> set[str]:
    """Names of the types that there are."""
    return {str(x.dtype) for x in tensors.values()}


def finite(values: np.ndarray) -> bool:
    """No infinity and no NaN."""
    return bool(np.isfinite(values).all())
