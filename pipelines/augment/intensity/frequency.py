"""Operations that multiply the frequencies of height and of width by real numbers."""

from typing import TYPE_CHECKING, ClassVar

from pipelines.augment.intensity.operation import Operation

if TYPE_CHECKING:
    import tensorflow as tf


class FrequencyOperation(Operation):
    """An operation that has `responses` in the place of `apply`.

    Those that stand beside each other in the order happen at once, see `k_space.vary`,
    and share one stream. `FIRST_DRAW` is the place of an operation's draws in it: that
    of its chance, and that of the first of its `DRAWS` amounts. As a stream's number it
    is no other operation's, and never changes. A new one begins behind the last place.
    """

    STREAM = 100
    FIRST_DRAW: ClassVar[int]
    DRAWS: ClassVar[int] = 1

    def responses(
        self, sizes: tuple[int, int], seeds: "tf.Tensor"
    ) -> list["tf.Tensor"]:
        """What each frequency of height and of width is multiplied by: `[H]`, `[W]`.

        Args:
            sizes: H, W.
            seeds: `[DRAWS, 2]`.
        """
        raise NotImplementedError(
            f"{type(self).__name__} has no responses(sizes, seeds)"
        )
