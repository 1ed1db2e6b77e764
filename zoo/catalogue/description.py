"""One network in full: its layers, what it wants to see, what it gives."""

from dataclasses import asdict, dataclass

import keras

from zoo.architectures.architecture import Architecture, InputConvention
from zoo.catalogue import costs, input_sizes, published
from zoo.weights.published.source import Source

_ORDERS = {"rgb": "red, green, blue", "bgr": "blue, green, red"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Description:
    """A network built for one input shape."""

    architecture: Architecture
    backbone: keras.Model
    costs: costs.Costs

    @property
    def input_shape(self) -> tuple[int, ...]:
        """`(*spatial, C)` of one input."""
        return tuple(self.backbone.input.shape[1:])

    @property
    def feature_map(self) -> tuple[int, ...]:
        """`(*spatial, F)` that the backbone gives for it."""
        return tuple(self.backbone.output.shape[1:])

    @property
    def auxiliary(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the features that auxiliary heads look at, by layer."""
        return {
            name: tuple(self.backbone.get_layer(name).output.shape[1:])
            for name in self.architecture.auxiliary
        }

    @property
    def sources(self) -> tuple[Source, ...]:
        """Files of ImageNet weights, of another network if they are inflated."""
        if self.architecture.imagenet is None:
            return ()
        return published.sources(self.architecture.name, self.architecture.inflates)


def describe(
    architecture: Architecture, shape: tuple[int, ...] | None = None
) -> Description:
    """Builds the network.

    Args:
        shape: `(*spatial, C)`; none = the architecture's reference.

    Raises:
        UsageError: as `input_sizes.check`.
    """
    if shape is None:
        shape = architecture.reference
    input_sizes.check(architecture, shape)
    backbone = architecture.build(shape, architecture.rank, 0)
    return Description(
        architecture=architecture, backbone=backbone, costs=costs.count(backbone)
    )


def plain(description: Description) -> dict:
    """Everything as dicts, lists and scalars, for JSON."""
    architecture = description.architecture
    convention = architecture.imagenet
    return {
        "name": architecture.name,
        "rank": architecture.rank,
        "input_shape": description.input_shape,
        "feature_map": description.feature_map,
        "minimum_size": architecture.minimum_size,
        **asdict(description.costs),
        "input_convention": convention and asdict(convention),
        "input_in_words": convention_in_words(convention),
        "auxiliary": description.auxiliary,
        "head_units": architecture.head_units,
        "inflates": architecture.inflates,
        "weights": [published.shown(source) for source in description.sources],
        "citation": architecture.citation,
        "layers": [
            {
                "name": call.operation.name,
                "kind": type(call.operation).__name__,
                "output_shape": call.output_shape,
                "parameters": parameters(call.operation),
                "multiply_adds": call.multiply_adds,
            }
            for call in costs.calls(description.backbone)
        ],
    }


def parameters(operation: keras.Operation) -> int:
    """Numbers in the weights of a layer; an operation has none."""
    if isinstance(operation, keras.layers.Layer):
        return operation.count_params()
    return 0


def convention_in_words(convention: InputConvention | None) -> str:
    """What a backbone is fed, and by whom."""
    if convention is None:
        return (
            "normalised intensities as they are; there are no published weights that "
            "would want others"
        )
    words = f"values from 0 to {convention.scale:g}"
    if any(convention.mean):
        words += f" minus {_numbers(convention.mean)}"
    if set(convention.deviation) != {1.0}:
        words += f", divided by {_numbers(convention.deviation)}"
    return (
        f"with ImageNet weights pixels in the order {_ORDERS[convention.order]}: "
        f"{words}. The classifier makes them from normalised intensities, inside the "
        "model, so nothing needs to be prepared. Without these weights: normalised "
        "intensities as they are"
    )


def _numbers(values: tuple[float, ...]) -> str:
    return f"({', '.join(f'{value:g}' for value in values)})"
