"""A function of this package that builds a backbone, by its name."""

import importlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


@dataclass(frozen=True)
class Builder:
    """Builds a backbone: called as the function of that name is.

    Keras, which takes seconds to load, is loaded then and not before: what the registry
    says of a network takes none.

    Args:
        name: `<module of zoo.architectures>.<function>`.
    """

    name: str

    def __call__(
        self, input_shape: tuple[int, ...], rank: int, seed: int
    ) -> "keras.Model":
        """The backbone; see `Architecture.build`."""
        module, _, function = self.name.partition(".")
        builders = importlib.import_module(f"zoo.architectures.{module}")
        return getattr(builders, function)(input_shape, rank, seed)
