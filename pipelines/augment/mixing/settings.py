"""How samples of a batch are mixed with each other: settings alone."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Mixing:
    """Samples mixed with another one of their batch, and their targets with them.

    A sample takes part in one of the two at most, with a partner that has the same
    sequences; where the batch holds none it stays as it is.

    Args:
        cutmix: share of the samples in which a box comes from the partner (CutMix,
            Yun et al., 2019); of whole volumes a box, of drawn slices a rectangle.
        cutmix_alpha: the sample's own share is drawn from Beta(alpha, alpha); 1 =
            evenly between 0 and 1.
        mixup: share of the samples that become a weighted mean of themselves and the
            partner (MixUp, Zhang et al., 2018).
        mixup_alpha: the sample's own weight is drawn from Beta(alpha, alpha); small =
            mostly near 0 or 1.
    """

    cutmix: float = 0.0
    cutmix_alpha: float = 1.0
    mixup: float = 0.0
    mixup_alpha: float = 0.2

    def __post_init__(self):
        if min(self.cutmix, self.mixup) < 0 or self.cutmix + self.mixup > 1:
            raise ValueError(
                "mixing.cutmix and mixing.mixup are shares of the samples, together 1 "
                f"at most. Received: cutmix={self.cutmix}, mixup={self.mixup}"
            )
        if min(self.cutmix_alpha, self.mixup_alpha) <= 0:
            raise ValueError(
                "mixing.cutmix_alpha and mixing.mixup_alpha must be positive. "
                f"Received: {self.cutmix_alpha}, {self.mixup_alpha}"
            )

    @property
    def mixes(self) -> bool:
        """Whether any sample may be mixed."""
        return self.cutmix + self.mixup > 0
