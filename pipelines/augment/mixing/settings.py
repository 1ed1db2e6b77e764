"""How samples of a batch are mixed with each other: settings alone."""

from dataclasses import dataclass

_ALPHA = (0.01, 1e12)  # below, both variates of a Beta distribution round to 0


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
        together = self.cutmix + self.mixup
        if not (self.cutmix >= 0 and self.mixup >= 0 and together <= 1):
            raise ValueError(
                "mixing.cutmix and mixing.mixup are shares of the samples, together 1 "
                f"at most. Received: cutmix={self.cutmix}, mixup={self.mixup}"
            )
        for name in ("cutmix_alpha", "mixup_alpha"):
            alpha = getattr(self, name)
            if not _ALPHA[0] <= alpha <= _ALPHA[1]:
                raise ValueError(
                    f"mixing.{name} must be from {_ALPHA[0]:g} to {_ALPHA[1]:g}. "
                    f"Received: {alpha}"
                )

    @property
    def mixes(self) -> bool:
        """Whether any sample may be mixed."""
        return self.cutmix + self.mixup > 0
