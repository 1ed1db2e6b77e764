"""In which precision a backbone computes, and where XLA may compile a training step.

Mixed precision (Micikevicius et al., 2018) keeps weights in 32 bits and computes in 16:
bfloat16 has the range of float32 and needs nothing else, float16 needs its loss scaled.
Heads, losses and statistics of normalisation stay in float32, and so does the model
that is validated and kept: what is predicted does not hang on where it was trained.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import keras
import tensorflow as tf

from pipelines.errors import UsageError
from zoo.recipes.optimisation import Optimisation

FULL, BRAIN, HALF = "float32", "mixed_bfloat16", "mixed_float16"
Capability = tuple[int, int]  # NVIDIA's compute capability, e.g. (8, 0)


def gpus() -> list[Capability]:
    """The compute capability of every GPU; (0, 0) where it is not known."""
    details = tf.config.experimental.get_device_details
    return [
        details(device).get("compute_capability", (0, 0))
        for device in tf.config.list_physical_devices("GPU")
    ]


def fastest(capabilities: Sequence[Capability]) -> str:
    """What all of these GPUs have matrix units for.

    Those for float16 came with Volta (7.0), those for bfloat16 with Ampere (8.0).

    >>> fastest([(8, 0)]), fastest([(8, 0), (7, 5)]), fastest([(6, 1)]), fastest([])
    ('mixed_bfloat16', 'mixed_float16', 'float32', 'float32')
    """
    least = min(capabilities, default=(0, 0))
    if least >= (8, 0):
        return BRAIN
    return HALF if least >= (7, 0) else FULL


def resolved(wanted: str, capabilities: Sequence[Capability]) -> str:
    """The precision, with `"auto"` resolved, if the devices are good for it.

    What a CPU makes of `"auto"` and `"mixed_bfloat16"` says
    `zoo.training.precision_choice`; without a trial it is float32.

    Args:
        wanted: as in the recipe.
        capabilities: of the GPUs; none = the CPU computes.

    Raises:
        UsageError: float16 on a CPU.
    """
    if wanted == "auto":
        return fastest(capabilities)
    if not capabilities and wanted == HALF:
        raise UsageError(
            f"{wanted} wants a GPU, and there is none here. Take mixed_bfloat16, "
            "float32 or auto as --optimisation.precision. Received: no GPU"
        )
    return wanted


def check_xla(optimisation: Optimisation, capabilities: Sequence[Capability]) -> None:
    """Raises a UsageError where XLA would compile for a CPU.

    There it makes training steps slower: with 3D convolutions 10 to 16 times, in two
    dimensions 2 to 6 times.
    """
    if optimisation.xla and not capabilities:
        raise UsageError(
            "--optimisation.xla wants a GPU: on a CPU it makes every step slower. "
            "Leave it out. Received: no GPU"
        )


@contextmanager
def computing_in(precision: str) -> Iterator[None]:
    """Layers that are built meanwhile compute in that precision, as a rule."""
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(precision)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)
