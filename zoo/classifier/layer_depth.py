"""How deep the layers of a backbone lie, and what learning rate that gives them."""

from collections.abc import Iterator

import keras


def leaves(layer: keras.layers.Layer) -> Iterator[keras.layers.Layer]:
    """The layers within a layer that hold none themselves; of a plain one, itself."""
    inner = [*getattr(layer, "layers", ()), getattr(layer, "layer", None)]
    inner = [part for part in inner if isinstance(part, keras.layers.Layer)]
    if not inner:
        yield layer
    for part in inner:
        yield from leaves(part)


def depths(backbone: keras.Model) -> dict[str, int]:
    """By its name, the depth of each layer of the backbone.

    It is the number of layers with a kernel (convolutions, dense layers, and models
    that hold some) on the longest way from the input through the layer: the
    normalisation behind a convolution lies as deep as the convolution.
    """
    reached: dict[int, int] = {}  # by the id of a symbolic tensor
    depth_of = {}
    for operation in backbone.operations:  # in the order of computation
        nodes = operation._inbound_nodes  # Keras has no public name for its graph
        before = [reached.get(id(x), 0) for node in nodes for x in node.input_tensors]
        depth = max(before, default=0) + _has_kernel(operation)
        reached |= {id(x): depth for node in nodes for x in node.output_tensors}
        depth_of[operation.name] = depth
    return {layer.name: depth_of[layer.name] for layer in backbone.layers}


def rate_shares(backbone: keras.Model, first_rate: float) -> dict[int, float]:
    """What share of the learning rate each weight of the backbone has.

    At depth d of n it is `first_rate ** ((n + 1 - d) / n)`: from `first_rate` at depth
    1 it grows by the same factor to the head's 1, one behind the last (Howard and
    Ruder, 2018, section 3.2). What lies before the first kernel counts as depth 1.

    Returns:
        By the `id` of the variable; where all are 1, none.
    """
    if first_rate == 1:
        return {}
    places = depths(backbone)
    deepest = max(places.values())
    shares = {}
    for layer in backbone.layers:
        before_head = deepest + 1 - max(places[layer.name], 1)
        share = first_rate ** (before_head / deepest)
        shares |= {id(variable): share for variable in layer.variables}
    return shares


def _has_kernel(operation: keras.Operation) -> bool:
    weights = getattr(operation, "weights", ())  # trained or left as they are
    return any(len(variable.shape) > 1 for variable in weights)
