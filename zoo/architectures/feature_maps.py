"""The intermediate feature maps of a backbone, by name, from fine to coarse.

For auxiliary heads, feature pyramids and explanation: `backbone.get_layer(name).output`
is the map.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import keras

_PADDING = (keras.layers.ZeroPadding2D, keras.layers.ZeroPadding3D)


@dataclass(frozen=True, kw_only=True)
class _FeatureMap:
    """A map that every path through the backbone goes through.

    Args:
        layer: its name.
        size: spatial.
        strided: whether a layer since the last such map has a stride.
    """

    layer: str
    size: tuple[int, ...]
    strided: bool


def feature_map_names(backbone: keras.Model) -> tuple[str, ...]:
    """Names of the layers whose maps stand before each reduction, and of the last one.

    A map counts if every path from the input to the output goes through it, so that
    nothing behind it knows more of the image than it does. Of all such maps of one
    stride the last is named; those of the input's own size are left out. An axis that
    is too short for a reduction of the full network (see `resnet.build_18`) takes no
    part in it, so a small input can have fewer maps than a large one.

    Args:
        backbone: from `[B, *spatial, C]` to a feature map `[B, *spatial', F]`; sizes
            are known.

    Returns:
        Names of plain layers (no nested models) from fine to coarse; sizes fall, and
        the last map is the backbone's output. A network that reduces nothing has the
        last one alone.
    """
    levels: list[_FeatureMap] = []
    for feature_map in _maps_on_every_path(backbone):
        if levels and not (feature_map.strided and _falls(levels[-1], feature_map)):
            levels.pop()
        levels.append(feature_map)
    names = tuple(level.layer for level in levels)
    return names[1:] or names


def _maps_on_every_path(backbone: keras.Model) -> Iterator[_FeatureMap]:
    """Maps that layers give, in order; the input is the first. Padding gives none.

    In topological order an operation lies on every path if nothing before it is used
    by anything behind it.
    """
    last_use: dict[int, int] = {}  # by the id of a symbolic tensor
    for i, operation in enumerate(backbone.operations):
        for node in operation._inbound_nodes:  # Keras has no public name for its graph
            last_use |= dict.fromkeys(map(id, node.input_tensors), i)
    axes = len(backbone.output.shape)
    open_until, strided = -1, False
    for i, operation in enumerate(backbone.operations):
        outputs = [x for node in operation._inbound_nodes for x in node.output_tensors]
        strided = strided or _strided(operation)
        is_map = len(outputs) == 1 and len(outputs[0].shape) == axes
        if open_until <= i and is_map and _is_plain(operation):
            size = tuple(outputs[0].shape[1:-1])
            yield _FeatureMap(layer=operation.name, size=size, strided=strided)
            strided = False
        open_until = max([open_until, *(last_use.get(id(x), -1) for x in outputs)])


def _is_plain(operation: keras.Operation) -> bool:
    """A layer whose `output` is the map: that of a nested model is its own graph's."""
    return isinstance(operation, keras.layers.Layer) and not isinstance(
        operation, (*_PADDING, keras.Model)
    )


def _strided(operation: keras.Operation) -> bool:
    """Whether a layer, or one inside it, has a stride of more than 1."""
    if any(_strided(inner) for inner in getattr(operation, "layers", ())):
        return True
    strides = getattr(operation, "strides", 1)
    return max(strides if isinstance(strides, tuple | list) else (strides,)) > 1


def _falls(before: _FeatureMap, behind: _FeatureMap) -> bool:
    return any(new < old for new, old in zip(behind.size, before.size, strict=True))
