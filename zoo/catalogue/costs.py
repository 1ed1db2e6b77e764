"""Parameters and multiply-adds of a network, counted layer by layer."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain

import keras


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What a network costs for one input of the shape that it was built for.

    Args:
        parameters: numbers in all weights, moving means and variances included.
        trainable: those of them that training changes.
        multiply_adds: one for every product of a kernel's number and an input's.
        uncounted: layers with weights of two or more axes of which it isn't known how
            often they are multiplied; `multiply_adds` is too low by theirs.
    """

    parameters: int
    trainable: int
    multiply_adds: int
    uncounted: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Call:
    """One use of a layer or an operation in a model.

    Args:
        operation: the layer, the nested model, or the operation of `keras.ops`.
        output_shape: of its (first) output, without the batch axis.
        multiply_adds: of a nested model those of all within it.
        uncounted: see `Costs`.
    """

    operation: keras.Operation
    output_shape: tuple[int, ...]
    multiply_adds: int
    uncounted: tuple[str, ...]


def count(model: keras.Model) -> Costs:
    """Counts a functional model, built for a fully known input shape.

    Multiply-adds are those of convolutions (plain, grouped, depthwise, separable),
    `Dense` and `EinsumDense`, in nested models too, zeros of the padding included. A
    layer that is called twice counts twice. Not counted: biases, normalisation,
    activation, pooling, and operations without weights, thus also the sum over
    neighbouring channels in local response normalisation.

    Raises:
        ValueError: as `calls`.
    """
    counted = calls(model)
    return Costs(
        parameters=_numbers(model.weights),
        trainable=_numbers(model.trainable_weights),
        multiply_adds=sum(call.multiply_adds for call in counted),
        uncounted=_all_uncounted(counted),
    )


def calls(model: keras.Model) -> tuple[Call, ...]:
    """Every call of a layer or an operation, in the order of `model.operations`.

    Raises:
        ValueError: the model is not functional (or sequential and built), or gives
            more sizes than that of the batch an unknown value.
    """
    graph = _graph(model)
    if graph is None:
        raise ValueError(
            "costs are counted along a functional model's calls. "
            f"Received: {type(model).__name__} {model.name!r}"
        )
    if any(x.shape.count(None) > 1 for x in keras.tree.flatten(graph.output)):
        raise ValueError(
            "costs are counted for a known input shape. Received: a model "
            f"from {graph.input_shape} to {graph.output_shape}"
        )
    order = {id(operation): place for place, operation in enumerate(graph.operations)}
    depths = graph._nodes_by_depth.values()  # Keras has no public way to the calls
    nodes = sorted(chain(*depths), key=lambda node: order[id(node.operation)])
    return tuple(_call(node.operation, node.output_tensors[0].shape) for node in nodes)


def _graph(operation: keras.Operation) -> keras.Model | None:
    """The functional model that an operation is; a sequential one holds it inside."""
    graph = getattr(operation, "_functional", operation)
    return graph if hasattr(graph, "_nodes_by_depth") else None


def _call(operation: keras.Operation, shape: tuple[int | None, ...]) -> Call:
    output_shape = tuple(size for size in shape if size is not None)
    multiply_adds, uncounted = 0, ()
    counter = _COUNTERS.get(type(operation))
    if counter is not None:
        multiply_adds = counter(operation, output_shape)
    elif _graph(operation) is not None:
        within = calls(operation)
        multiply_adds = sum(call.multiply_adds for call in within)
        uncounted = _all_uncounted(within)
    elif any(len(weight.shape) > 1 for weight in getattr(operation, "weights", ())):
        uncounted = (operation.name,)
    return Call(
        operation=operation,
        output_shape=output_shape,
        multiply_adds=multiply_adds,
        uncounted=uncounted,
    )


def _all_uncounted(counted: Iterable[Call]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for call in counted for name in call.uncounted))


def _numbers(weights: list[keras.Variable]) -> int:
    return sum(math.prod(weight.shape) for weight in weights)


def _by_place(layer: keras.layers.Layer, output_shape: tuple) -> int:
    """The whole kernel at every place: convolution and dense, `[*window, C, F]`."""
    return math.prod(output_shape[:-1]) * math.prod(layer.kernel.shape)


def _separable(layer: keras.layers.Layer, output_shape: tuple) -> int:
    """A depthwise convolution at every place and a 1x1 convolution after it."""
    depthwise = math.prod(layer.depthwise_kernel.shape)
    pointwise = math.prod(layer.pointwise_kernel.shape)
    return math.prod(output_shape[:-1]) * (depthwise + pointwise)


def _einsum(layer: keras.layers.EinsumDense, output_shape: tuple) -> int:
    """The whole kernel as often as it is laid along axes that it does not have."""
    operands, output = layer.equation.split("->")
    kernel = operands.split(",")[1]
    shared = math.prod(
        size
        for letter, size in zip(kernel, layer.kernel.shape, strict=True)
        if letter in output
    )
    return math.prod(output_shape) // shared * math.prod(layer.kernel.shape)


_COUNTERS: dict[type, Callable[[keras.layers.Layer, tuple], int]] = {
    keras.layers.Conv1D: _by_place,
    keras.layers.Conv2D: _by_place,
    keras.layers.Conv3D: _by_place,
    keras.layers.DepthwiseConv1D: _by_place,
    keras.layers.DepthwiseConv2D: _by_place,
    keras.layers.SeparableConv1D: _separable,
    keras.layers.SeparableConv2D: _separable,
    keras.layers.Dense: _by_place,
    keras.layers.EinsumDense: _einsum,
}
