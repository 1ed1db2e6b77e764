"""Layers that training leaves as they are."""

import difflib
from collections.abc import Iterator
from contextlib import contextmanager

import keras

from pipelines.errors import UsageError
from zoo.architectures.reseeding import stable_names
from zoo.classifier.layer_depth import depths, leaves
from zoo.recipes.transfer import ALL, NONE, Transfer, share_of_depth


class LayerFreezing:
    """What of a backbone is trained, stage by stage; at first as in the last stage.

    A layer that is left as it is has its weights untrainable, and Keras runs batch
    normalisation whose weights are so in inference mode: it takes the statistics that
    it has, and leaves them alone.

    Args:
        backbone: as it was built; its batch normalisation becomes what `transfer` says.

    Raises:
        UsageError: no such layer, a stage that trains what the next one does not, or
            as of `set_batch_normalisation`.
    """

    def __init__(self, backbone: keras.Model, transfer: Transfer):
        set_batch_normalisation(backbone, transfer)
        self._trained = [
            layer for layer in leaves(backbone) if layer.weights and layer.trainable
        ]
        self._left = {name: _left(backbone, name) for name in transfer.stages}
        for earlier, later in zip(transfer.stages, transfer.stages[1:]):
            if not self._left[earlier] >= self._left[later]:
                raise UsageError(
                    "a stage leaves at least as much of the backbone as it is as the "
                    f"next one. Received: transfer.frozen with {earlier!r} before "
                    f"{later!r}. Turn them round, or leave the recipe's last one 'none'"
                )
        self.enter(transfer.stages[-1])

    def enter(self, frozen: str) -> None:
        """Leaves of all that is ever trained this part as it is, and no more."""
        for layer in self._trained:
            layer.trainable = id(layer) not in self._left[frozen]


def set_batch_normalisation(backbone: keras.Model, transfer: Transfer) -> None:
    """Has every batch normalisation of the backbone do what the recipe says.

    Raises:
        UsageError: it says something else than `Transfer` does, and there is none.
    """
    normalisations = batch_normalisations(backbone)
    kind = transfer.batch_normalisation
    momentum = transfer.batch_normalisation_momentum
    if not normalisations and (momentum or kind != "train"):
        raise UsageError(
            f"{backbone.name} has no batch normalisation: leave its settings out. "
            f"Received: transfer.batch_normalisation={kind!r}, "
            f"transfer.batch_normalisation_momentum={momentum}"
        )
    for layer in normalisations:
        if momentum:
            layer.momentum = momentum
        if kind == "frozen":
            layer.trainable = False


def batch_normalisations(
    model: keras.Model,
) -> list[keras.layers.BatchNormalization]:
    """Those of the model and of the models within it."""
    kind = keras.layers.BatchNormalization
    return [layer for layer in leaves(model) if isinstance(layer, kind)]


@contextmanager
def thawed(model: keras.Model) -> Iterator[None]:
    """While it lasts, all of `model` is trainable: saved so, anyone can train it on.

    Of a saved model whose layers are not, Keras sets them so one by one only.
    """
    still = [layer for layer in leaves(model) if not layer.trainable]
    for layer in still:
        layer.trainable = True
    try:
        yield
    finally:
        for layer in still:
            layer.trainable = False


def _left(backbone: keras.Model, frozen: str) -> set[int]:
    """Ids of the layers with weights that `frozen` leaves as they are."""
    frozen_leaves = [
        leaf for layer in _layers(backbone, frozen) for leaf in leaves(layer)
    ]
    return {id(leaf) for leaf in frozen_leaves if leaf.weights}


def _layers(backbone: keras.Model, frozen: str) -> list[keras.layers.Layer]:
    if frozen == ALL:
        return backbone.layers
    if frozen == NONE:
        return []
    share = share_of_depth(frozen)
    if share is None:
        return _computing(backbone, frozen)
    places = depths(backbone)
    deepest = share * max(places.values())
    return [layer for layer in backbone.layers if places[layer.name] <= deepest]


def _computing(backbone: keras.Model, name: str) -> list[keras.layers.Layer]:
    """The layer of that name and all that it is computed from."""
    names = [layer.name for layer in backbone.layers]
    if name not in names:  # Keras may have counted on since the network was shown
        present = {stable: name for name, stable in stable_names(backbone).items()}
        name = present.get(name, name)
    if name not in names:
        near = difflib.get_close_matches(name, names, n=5, cutoff=0.3)
        raise UsageError(
            f"{backbone.name} has no layer {name!r} to freeze. Some that it has: "
            f"{', '.join(near or names[-5:])}; `python -m zoo.models NAME` shows all"
        )
    return keras.Model(backbone.input, backbone.get_layer(name).output).layers
