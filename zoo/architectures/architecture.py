"""What the registry says of an architecture."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pipelines.errors import UsageError

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True, kw_only=True)
class InputConvention:
    """What the pixels were that a set of weights was trained on.

    A pixel in [0, 1], red green blue, became `(x * scale - mean) / deviation` in the
    channel order `order`.

    Args:
        scale: 255 for weights trained on bytes.
        mean, deviation: per channel, in the order `order`, after `scale`.
        order: `"rgb"` or `"bgr"`.
    """

    scale: float = 1.0
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    deviation: tuple[float, float, float] = (1.0, 1.0, 1.0)
    order: Literal["rgb", "bgr"] = "rgb"

    def __post_init__(self):
        if self.scale <= 0 or min(self.deviation) <= 0:
            raise ValueError(
                "scale and deviation must be positive. "
                f"Received: scale={self.scale}, deviation={self.deviation}"
            )


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """One network of the zoo, at one rank.

    Args:
        name: as on the command line.
        rank: 2 = applied slice by slice, 3 = to the whole volume.
        build: `build(input_shape, rank, seed) -> keras.Model`, from `[B, *spatial, C]`
            to a feature map `[B, *spatial', F]`, every layer explicitly named, the
            initial weights a function of `seed` and the layer's name alone. The names
            of its intermediate maps: `zoo.architectures.feature_maps`.
        minimum_size: smallest size of every spatial axis.
        reference: the input `(*spatial, C)` that costs are stated for.
        auxiliary: names of layers whose outputs feed auxiliary heads in training.
        head_units: dense layers between pooling and logits, where the paper has them.
        imagenet: input convention of the ImageNet weights; none = no such weights.
        inflates: at rank 3, the architecture of rank 2 whose weights it can take,
            repeated along depth; empty = none.
        citation: author, title, venue, year.
    """

    name: str
    rank: Literal[2, 3]
    build: Callable[[tuple[int, ...], int, int], "keras.Model"]
    minimum_size: int
    reference: tuple[int, ...]
    auxiliary: tuple[str, ...] = ()
    head_units: tuple[int, ...] = ()
    imagenet: InputConvention | None = None
    inflates: str = ""
    citation: str = field(repr=False)

    def __post_init__(self):
        if self.rank not in (2, 3):
            raise ValueError(f"rank is 2 or 3. Received: {self.rank}")
        if len(self.reference) != self.rank + 1:
            raise ValueError(
                f"reference is the size of each axis and the channels at rank "
                f"{self.rank}. Received: {self.reference}"
            )

    @property
    def family(self) -> str:
        """The name that its published weights go by: of its rank-2 self."""
        return self.inflates or self.name


def input_shape(
    architecture: Architecture, shape: tuple[int, int, int, int]
) -> tuple[int, ...]:
    """The part of a volume `(D, H, W, C)` that the network sees at once.

    Returns:
        `(H, W, C)` at rank 2, `(D, H, W, C)` at rank 3.

    Raises:
        UsageError: a spatial axis is shorter than the architecture's minimum.
    """
    seen = tuple(shape[-architecture.rank - 1 :])
    if min(seen[:-1]) < architecture.minimum_size:
        axes = "height and width" if architecture.rank == 2 else "every axis"
        raise UsageError(
            f"{architecture.name} wants at least {architecture.minimum_size} voxels "
            f"along {axes}. Received: depth, height, width {tuple(shape[:3])}. Make "
            "the task's grid larger or take another architecture"
        )
    return seen
