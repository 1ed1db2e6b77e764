"""Layers that training leaves as they are."""

import difflib

import keras

from pipelines.errors import UsageError

ALL = "all"


def freeze(backbone: keras.Model, through: str) -> None:
    """Makes `through`, and all that it is computed from, untrainable.

    Keras runs batch normalisation that is not trainable in inference mode: it takes
    the statistics that it has, and leaves them alone.

    Args:
        through: name of a layer; `"all"` = the whole backbone, empty = nothing.

    Raises:
        UsageError: the backbone has no such layer; the message lists some.
    """
    if not through:
        return
    names = [layer.name for layer in backbone.layers]
    if through != ALL and through not in names:
        near = difflib.get_close_matches(through, names, n=5, cutoff=0.3)
        raise UsageError(
            f"{backbone.name} has no layer {through!r} to freeze. Some that it has: "
            f"{', '.join(near or names[-5:])}; `python -m zoo.models NAME` shows all"
        )
    last = backbone if through == ALL else backbone.get_layer(through)
    for layer in keras.Model(backbone.input, last.output).layers:
        layer.trainable = False
