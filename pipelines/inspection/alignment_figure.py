"""The alignment of sequences as figures, one a study, and as a table."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib.figure
import numpy as np
from matplotlib.axes import Axes

from pipelines.figures import png
from pipelines.inspection.alignment import Alignment
from pipelines.inspection.slice_picture import Shown
from pipelines.terminal.table import align

_INCH = 2.4
_PERCENTILES = (1.0, 99.0)


def write(
    studies: Sequence[tuple[Shown, Sequence[Alignment]]],
    channels: tuple[str, ...],
    registration: str,
    directory: Path,
) -> tuple[Path, ...]:
    """Writes `directory/alignment-<number>.png` for each study.

    Args:
        registration: of the task's steps, which the volumes went through.

    Raises:
        DataError: a disk that can't be written.
    """
    png.make_folder(directory)
    written = []
    for number, (shown, measured) in enumerate(studies, 1):
        path = directory / f"alignment-{number:02}.png"
        figure = draw(shown, measured, channels, registration)
        png.write_asked(figure, path, dpi=100)
        written.append(path)
    return tuple(written)


def draw(
    shown: Shown,
    measured: Sequence[Alignment],
    channels: tuple[str, ...],
    registration: str,
) -> matplotlib.figure.Figure:
    """A row for each sequence: as it lies (green) over the reference (red), registered,
    and the mutual information of both."""
    figure = matplotlib.figure.Figure(
        figsize=(3 * _INCH, _INCH * len(measured) + 0.6), layout="constrained"
    )
    figure.suptitle(shown.title.replace("\n", " "), fontsize=9)
    axes = figure.subplots(len(measured), 3, squeeze=False)
    spacing_mm = np.linalg.norm(shown.affine[:3, :3], axis=0)
    aspect = float(spacing_mm[1] / spacing_mm[2])
    for one, line in zip(measured, axes):
        fixed = shown.volume[..., channels.index(one.reference)]
        moving = shown.volume[..., channels.index(one.sequence)]
        names = f"{one.sequence} (green) on {one.reference} (red)"
        _overlay(line[0], fixed, moving, aspect, names)
        _overlay(line[1], fixed, one.registered, aspect, "registered")
        line[2].bar(["before", "after"], [one.before, one.after], color=["0.6", "0.3"])
        line[2].set_title(
            f"mutual information\n{one.moved_mm:.1f} mm, {one.advice(registration)}",
            fontsize=6,
            wrap=True,
        )
        line[2].tick_params(labelsize=6)
    return figure


def _overlay(
    axis: Axes, fixed: np.ndarray, moving: np.ndarray, aspect: float, title: str
) -> None:
    middle = len(fixed) // 2
    red, green = _grey(fixed[middle]), _grey(moving[middle])
    axis.imshow(np.stack([red, green, np.zeros_like(red)], -1), aspect=aspect)
    axis.set_title(title, fontsize=7)
    axis.set_xticks([])
    axis.set_yticks([])


def _grey(picture: np.ndarray) -> np.ndarray:
    """Within 0..1, `[H, W]`."""
    low, high = np.percentile(picture, _PERCENTILES)
    return np.clip((picture - low) / max(high - low, 1e-6), 0, 1)


def table(measured: Sequence[Alignment], registration: str) -> str:
    """For the terminal: a line for each sequence of each study, and what to do."""
    rows = [("study", "sequence", "before", "after", "moved", "advice")]
    rows += [
        (
            one.title.replace("\n", " "),
            one.sequence,
            f"{one.before:.3f}",
            f"{one.after:.3f}",
            f"{one.moved_mm:.1f} mm",
            one.advice(registration),
        )
        for one in measured
    ]
    return align(rows, right=(2, 3, 4))


def conclusion(measured: Sequence[Alignment], registration: str) -> str:
    """One line: what the task should say."""
    apart = sum(one.apart for one in measured)
    of = f"{apart} of {len(measured)} sequences are apart by a voxel or more"
    if registration != "none":
        return f"{of} although the task registers them"
    cure = 'state registration = "rigid" in [steps]' if apart else "as they should be"
    return f"{of}: {cure}"
