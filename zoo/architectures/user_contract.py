"""What a user's own network must be, once it is built; see `user_defined`."""

from collections.abc import Iterator

import keras

from pipelines.errors import UsageError


def check(name: str, model: object, input_shape: tuple[int, ...]) -> None:
    """Raises a UsageError for a result that the zoo can't train or serve.

    Args:
        name: `package.module:function`.
        model: what it gave for `input_shape`.
    """
    if not isinstance(model, keras.Model) or len(model.outputs) != 1:
        raise UsageError(
            f"{name} must return a keras.Model with one output. "
            f"Received: {type(model).__name__}"
        )
    if [tuple(x.shape[1:]) for x in model.inputs] != [tuple(input_shape)]:
        raise UsageError(
            f"{name} must take one input of shape {input_shape}. "
            f"Received: {[tuple(x.shape[1:]) for x in model.inputs]}"
        )
    shape = tuple(model.outputs[0].shape[1:])
    if len(shape) != len(input_shape) or None in shape:
        raise UsageError(
            f"{name} must give a feature map with as many axes as its input "
            f"{input_shape}, of known size, before any pooling over space or head. "
            f"Received: {shape}"
        )
    foreign = sorted(
        {type(layer).__name__ for layer in _layers(model) if _is_foreign(layer)}
    )
    if foreign:
        raise UsageError(
            f"{name} uses layers that Keras does not bring, so nobody could load the "
            "saved model without your module. Say them in keras.layers and keras.ops. "
            f"Received: {', '.join(foreign)}"
        )


def _layers(layer: keras.layers.Layer) -> Iterator[keras.layers.Layer]:
    """The layer itself, and all inside it: of nested models, and what wrappers hold."""
    yield layer
    inner = [*getattr(layer, "layers", ()), getattr(layer, "layer", None)]
    for held in inner:
        if isinstance(held, keras.layers.Layer):
            yield from _layers(held)


def _is_foreign(layer: keras.layers.Layer) -> bool:
    return type(layer).__module__.split(".")[0] != "keras"
