"""What the registry says of an architecture."""

from collections.abc import Callable
from dataclasses import dataclass, field

import keras


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """One network of the zoo, at one rank.

    Args:
        name: as on the command line.
        rank: 2 = applied slice by slice, 3 = to the whole volume.
        build: `build(input_shape, rank) -> keras.Model`, from `[B, *spatial, C]` to a
            feature map `[B, *spatial', F]`, every layer explicitly named.
        minimum_size: smallest size of every spatial axis.
        auxiliary: names of layers whose outputs feed auxiliary heads in training.
        head_units: dense layers between pooling and logits, where the paper has them.
        imagenet: input convention of the ImageNet weights; none = no such weights.
        citation: author, title, venue, year.
    """

    name: str
    rank: int
    build: Callable[[tuple[int, ...], int], keras.Model]
    minimum_size: int
    auxiliary: tuple[str, ...] = ()
    head_units: tuple[int, ...] = ()
    imagenet: "InputConvention | None" = None
    citation: str = field(repr=False)


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
    order: str = "rgb"
