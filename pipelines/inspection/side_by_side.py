"""All sequences of a study in one picture, with lines through the same places."""

from pathlib import Path

import matplotlib.figure
import numpy as np
from matplotlib.axes import Axes

from pipelines.figures import png
from pipelines.inspection import centre_mark
from pipelines.inspection.slice_picture import Shown, proportion, window

NAME = "side-by-side.png"
_LINES = 4  # parts that the lines divide a slice into, each way
_INCH = 2.0


def write(
    shown: list[Shown], channels: tuple[str, ...], directory: Path, *, title: str
) -> Path:
    """Writes `directory/side-by-side.png`: a row for each study.

    Raises:
        DataError: a disk that can't be written.
    """
    path = directory / NAME
    png.write_asked(draw(shown, channels, title=title), path, dpi=100)
    return path


def draw(
    shown: list[Shown], channels: tuple[str, ...], *, title: str
) -> matplotlib.figure.Figure:
    """The middle slice of every sequence; what is aligned is cut alike by the lines."""
    tallest = max(0.5, *(proportion(sample) for sample in shown))
    figure = matplotlib.figure.Figure(
        figsize=(
            _INCH * len(channels) + 0.6,
            _INCH * tallest * len(shown) + 0.8,
        ),
        layout="constrained",
    )
    figure.suptitle(title)
    axes = figure.subplots(len(shown), len(channels), squeeze=False)
    for sample, line in zip(shown, axes):
        for channel, axis in enumerate(line):
            _draw_slice(axis, sample, channel)
            if sample is shown[0]:
                axis.set_title(channels[channel], fontsize=8)
        line[0].set_ylabel(sample.title, fontsize=7)
    return figure


def _draw_slice(axis: Axes, sample: Shown, channel: int) -> None:
    spacing_mm = np.linalg.norm(sample.affine[:3, :3], axis=0)
    depth, rows, columns, _ = sample.volume.shape
    low, high = window(sample, channel)
    axis.imshow(
        sample.volume[depth // 2, :, :, channel],
        cmap="gray",
        vmin=low,
        vmax=high,
        aspect=spacing_mm[1] / spacing_mm[2],
        interpolation="nearest",
    )
    axis.set_xticks([])
    axis.set_yticks([])
    for part in range(1, _LINES):
        axis.axhline(part * rows / _LINES - 0.5, color="yellow", linewidth=0.5)
        axis.axvline(part * columns / _LINES - 0.5, color="yellow", linewidth=0.5)
    centre_mark.draw(axis, sample.centre, (rows, columns))
