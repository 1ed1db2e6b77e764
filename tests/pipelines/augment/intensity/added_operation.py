"""Adds an operation on intensities, in a process of its own: see test_registry.py."""

import contextlib
import io
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from pipelines.augment.intensity import registry
from pipelines.augment.intensity.operation import Operation


@dataclass(frozen=True, kw_only=True)
class Offset(Operation):
    """`v + amount`, also where nothing varies.

    Args:
        chance: that all voxels are lifted.
        amount: by how
            much they are.
    """

    STREAM = 10_000
    LIMITS = {"amount": (0.0, 5.0)}

    amount: tuple[float, float] = (0.0, 1.0)

    def apply(self, image, seed):
        lift = image.drawn(seed, self.amount)
        return image._replace(rows=image.rows + image.along(lift))


registry.OPERATIONS["offset"] = Offset

import tensorflow as tf  # noqa: E402
import tyro  # noqa: E402

from pipelines.augment.augmentation import Augmentation, load  # noqa: E402
from pipelines.augment.intensity.apply import vary  # noqa: E402
from pipelines.storage import config_files  # noqa: E402

arguments = ["--intensity.offset-chance", "1", "--intensity.offset-amount", "2", "2"]
given = tyro.cli(Augmentation, args=arguments)
assert given.intensity.operations == (Offset(chance=1.0, amount=(2.0, 2.0)),)

shown = io.StringIO()
with contextlib.redirect_stdout(shown), contextlib.suppress(SystemExit):
    tyro.cli(Augmentation, args=["--help"])
assert "that all voxels are lifted. (default: 0.0)" in shown.getvalue()
assert "by how much they are. (default: 0.0 1.0)" in shown.getvalue()

written = config_files.to_toml(given)
assert config_files.build(Augmentation, config_files.plain(given), name="it") == given
assert "offset_chance = 1.0\n" in written
assert load("nash").intensity.offset_chance == 0.0

volume = tf.reshape(tf.range(24.0), [2, 3, 4, 1])
lifted, _ = vary(volume, tf.ones([1]), tf.constant([3, 1]), given.intensity.operations)
assert (lifted.numpy() == volume.numpy() + 2).all()
print("added")
