"""The layers of published files that are not of the backbone, by their names there."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PublishedHeads:
    """What stood behind the backbone.

    Args:
        logits: the layer of the 1000 ImageNet classes.
        dense: the dense layers before it, in order.
        auxiliary: of each auxiliary head its convolution, dense layer and logits.
    """

    logits: str = "logits"
    dense: tuple[str, ...] = ()
    auxiliary: tuple[tuple[str, str, str], ...] = ()

    @property
    def layers(self) -> frozenset[str]:
        """Names of all of them."""
        of_auxiliary = (name for head in self.auxiliary for name in head)
        return frozenset((self.logits, *self.dense, *of_auxiliary))


HEADS: dict[str, PublishedHeads] = {
    "alexnet": PublishedHeads(dense=("fc6", "fc7")),
    "inception": PublishedHeads(
        logits="loss3_classifier",
        auxiliary=tuple(
            (f"loss{i}_conv", f"loss{i}_fc", f"loss{i}_classifier") for i in (1, 2)
        ),
    ),
}


def get(name: str) -> PublishedHeads:
    """The published heads of an architecture of rank 2: its logits, if no others."""
    return HEADS.get(name, PublishedHeads())
