"""A picture of what an augmentation does: samples as they are, and drawn anew.

The draws are those of `pipelines.batches.dataset`, of whole volumes. There is nothing
in the picture that tells whose samples they are.
"""

from pathlib import Path

import matplotlib.figure
import numpy as np
import tensorflow as tf
from matplotlib.axes import Axes

from pipelines.augment.augmentation import Augmentation
from pipelines.augment.intensity import channels as intensity_channels
from pipelines.augment.mixing import cutmix_mixup
from pipelines.batches import normalisation as intensity_normalisation
from pipelines.batches import reading, samples
from pipelines.batches.damaged_records import guard
from pipelines.covariates.encoding import NO_COVARIATES
from pipelines.errors import DataError
from pipelines.figures import png
from pipelines.inspection.montage import chosen, record_of
from pipelines.records.data_set import DataSet
from pipelines.records.manifest import Row

DRAWS = 7
_SAMPLES = 4
_MARGIN = 0.1  # of the window: darker and brighter than the sample was
_INCH = 1.3


def write(
    data: DataSet,
    rows: tuple[Row, ...],
    path: Path,
    *,
    augmentation: Augmentation,
    normalisation: intensity_normalisation.Kind,
) -> Path:
    """Writes the sheet: a row for each sequence of a few samples, a column a draw.

    Samples are the first of each class that may train. Shown are the middle slices.

    Raises:
        DataError: nothing to show, a damaged shard, or a disk that can't be written.
        UsageError: changes that the data set's channels can't have.
    """
    intensity_channels.check(augmentation.intensity.operations, len(data.task.channels))
    training = tuple(row for row in rows if row.split in ("train", "fold", "site"))
    per_class = max(1, _SAMPLES // max(1, len(data.classes)))
    shown = chosen(data, training, per_class)[:_SAMPLES]
    if not shown:
        raise DataError(f"{data.path} holds no training samples to show")
    batch = _batch(data, shown, normalisation)
    figure = draw(
        [_middle(batch), *map(_middle, _drawn(batch, augmentation))],
        data.task.channels,
        batch["spacing_mm"].numpy(),
    )
    png.write_asked(figure, path, dpi=110)
    return path


def _batch(
    data: DataSet, rows: list[Row], normalisation: intensity_normalisation.Kind
) -> samples.Element:
    """Normalised samples, stacked."""
    channels = tuple(range(len(data.task.channels)))
    prepare = samples.normalised(
        data.task, channels, normalisation, NO_COVARIATES, require_target=False
    )
    with guard(data):
        records = tf.data.Dataset.from_tensor_slices(
            [record_of(data, row) for row in rows]
        )
        return next(iter(records.map(prepare).batch(len(rows))))


def _drawn(batch: samples.Element, augmentation: Augmentation) -> tf.data.Dataset:
    """The batch as `DRAWS` epochs would show it."""
    count = len(batch["volume"])
    variation = samples.Variation(augmentation=augmentation)

    def sample(number: tf.Tensor) -> samples.Element:
        place = number % count
        plain = {key: value[place] for key, value in batch.items()}
        return samples.varied(plain, tf.stack([place, number // count]), variation)

    def mixed(number: tf.Tensor, changed: samples.Element) -> samples.Element:
        if not augmentation.mixing.mixes:
            return changed
        seed = tf.stack([number, 0])
        return cutmix_mixup.mix(changed, seed, augmentation.mixing, rank=3)

    numbers = tf.data.Dataset.range(count * DRAWS)
    batches = reading.mapped(numbers, sample).batch(count, drop_remainder=True)
    return reading.mapped(batches.enumerate(), mixed)


def _middle(batch: samples.Element) -> np.ndarray:
    """Middle slices, `[N, H, W, C]`."""
    volume = batch["volume"]
    return volume[:, volume.shape[1] // 2].numpy()


def draw(
    pictures: list[np.ndarray], channels: tuple[str, ...], spacing_mm: np.ndarray
) -> matplotlib.figure.Figure:
    """A row for each sequence of each sample, a column for before and each draw.

    Args:
        pictures: before, and after each draw: `[N, H, W, C]`.
        spacing_mm: D, H, W of each sample: `[N, 3]`.
    """
    count, rows, columns, _ = pictures[0].shape
    lines = [(n, c) for n in range(count) for c in range(len(channels))]
    aspects = spacing_mm[:, 1] / spacing_mm[:, 2]
    tallest = max(0.5, float(rows * aspects.max() / columns))
    figure = matplotlib.figure.Figure(
        figsize=(_INCH * (len(pictures) + 0.4), _INCH * tallest * len(lines) + 0.4),
        layout="constrained",
    )
    axes = figure.subplots(len(lines), len(pictures), squeeze=False)
    for (sample, channel), line in zip(lines, axes):
        window = _window(pictures[0][sample, ..., channel])
        for number, (axis, picture) in enumerate(zip(line, pictures)):
            _draw_picture(axis, picture[sample, ..., channel], window, aspects[sample])
            if sample == channel == 0:
                axis.set_title(f"draw {number}" if number else "before", fontsize=7)
        line[0].set_ylabel(f"sample {sample + 1}\n{channels[channel]}", fontsize=7)
    return figure


def _draw_picture(
    axis: Axes, picture: np.ndarray, window: tuple[float, float], aspect: float
) -> None:
    axis.set_xticks([])
    axis.set_yticks([])
    low, high = window
    axis.imshow(
        picture,
        cmap="gray",
        vmin=low,
        vmax=high,
        aspect=aspect,
        interpolation="nearest",
    )


def _window(picture: np.ndarray) -> tuple[float, float]:
    """From darkest to brightest of the sample before, and a little beyond."""
    low, high = float(picture.min()), float(picture.max())
    margin = _MARGIN * (high - low) if high > low else 1.0
    return low - margin, high + margin
