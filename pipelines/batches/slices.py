"""Which slices of a volume a 2D network sees: settings alone."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Slices:
    """How a 2D network sees a volume. Depends on the volume alone.

    Args:
        train: slices drawn from every volume in a training step.
        evaluate: slices looked at in evaluation and serving; 0 = all of them.
        depth: share of the depth, from and to, that slices are taken from.
        policy: how they lie to each other. `"random"`: in training anywhere within
            `depth`, in evaluation evenly spaced. `"block"`: beside each other, in
            training anywhere within, in evaluation in the middle. `"even"`: evenly
            spaced, in training begun at random.
        adjacent: slices seen at once, as channels: 1 = the slice alone, 3 = with the
            one before and the one behind it (2.5D), and so on; at the ends of the
            volume the outermost slice is repeated.
        pooling: what a volume gets from its slices; see `zoo.classifier.slice_pooling`.
    """

    train: int = 2
    evaluate: int = 0
    depth: tuple[float, float] = (0.0, 1.0)
    policy: Literal["random", "block", "even"] = "random"
    adjacent: int = 1
    pooling: Literal["probabilities", "logits", "max", "attention"] = "probabilities"

    def __post_init__(self):
        if self.adjacent < 1 or self.adjacent % 2 == 0:
            raise ValueError(
                "slices.adjacent is an odd number: as many slices before as behind. "
                f"Received: {self.adjacent}"
            )
        if self.train < 1 or self.evaluate < 0:
            raise ValueError(
                "slices.train must be 1 or more, slices.evaluate 0 or more. "
                f"Received: train={self.train}, evaluate={self.evaluate}"
            )
        if not 0 <= self.depth[0] < self.depth[1] <= 1:
            raise ValueError(
                f"slices.depth is from, to within 0..1. Received: {self.depth}"
            )
