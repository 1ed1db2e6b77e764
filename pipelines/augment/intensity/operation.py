"""What an operation on intensities is: a frozen value that changes an image at random.

An operation is added by one file and one entry. The file, in `operations/`, holds a
frozen keyword-only dataclass derived from `Operation`, with

- a docstring whose `Args:` say of `chance` and of every parameter what it does. The
  help of the command line shows these lines.
- `STREAM`, a number that no other operation has.
- parameters with defaults, and in `LIMITS` what their values lie between.
- `apply(image, seed)`, what happens to a sample that it happens to.

The entry stands in `registry.OPERATIONS`, at the place in the order of an examination
where it happens. From it follow the keys `<name>_chance` and `<name>_<parameter>` of
recipes and presets, and the options `--augmentation.intensity.<name>-<parameter>`.

Settings are read without TensorFlow, so operations import it where they are applied.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    import tensorflow as tf

    from pipelines.augment.intensity.image import Image

LARGEST = 1e12  # of an amount that has no other limit: far within what float32 holds


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One random change of intensities.

    Its amounts are drawn evenly from ranges: for each channel apart where it is one of
    tone or noise, for all alike otherwise. A channel that does not vary stays as it is.

    `STREAM` is folded into a sample's seed. Two operations never share a number, and a
    number never changes: so each draws the same whatever else is turned on, and a run
    is repeated by a later version.

    Args:
        chance: to happen to a sample, between 0 and 1.

    Raises:
        ValueError: a chance or a range outside its limits. The message begins with the
            name of the parameter.
    """

    STREAM: ClassVar[int]
    LIMITS: ClassVar[Mapping[str, tuple[float, float]]] = MappingProxyType({})

    chance: float = 0.0

    def __post_init__(self):
        if not 0 <= self.chance <= 1:
            raise ValueError(
                f"chance is a chance between 0 and 1. Received: {self.chance}"
            )
        for name, (lowest, highest) in self.LIMITS.items():
            first, last = getattr(self, name)
            if not lowest <= first <= last <= highest:
                raise ValueError(
                    f"{name} is from, to within {lowest}..{highest}. "
                    f"Received: {(first, last)}"
                )

    def check(self, channels: int) -> None:
        """Raises a UsageError where volumes of so many channels can't have it."""
        return  # AutoGraph can't read a function without a statement

    def vary(self, image: "Image", seed: "tf.Tensor") -> "Image":
        """The image, with the operation's chance changed; the seed `[2]` decides."""
        import tensorflow as tf

        by_chance, by_amount = tf.unstack(
            tf.random.experimental.stateless_split(seed, 2)
        )
        return tf.cond(
            tf.random.stateless_uniform([], by_chance) < self.chance,
            partial(self.apply, image, by_amount),
            partial(tf.nest.map_structure, tf.identity, image),
        )

    def apply(self, image: "Image", seed: "tf.Tensor") -> "Image":
        """The changed image; the seed `[2]` decides by how much."""
        raise NotImplementedError(f"{type(self).__name__} has no apply(image, seed)")
