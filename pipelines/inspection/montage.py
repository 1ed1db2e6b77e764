"""Pictures of a data set: one PNG for each sequence, samples by slices."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import matplotlib.figure
import numpy as np
from matplotlib.axes import Axes

from pipelines.batches.damaged_records import guard
from pipelines.errors import DataError
from pipelines.figures import png
from pipelines.figures.names import short_names
from pipelines.inspection import centre_mark
from pipelines.inspection.summary import class_of
from pipelines.records import shards
from pipelines.records.data_set import DataSet
from pipelines.records.encode import parser
from pipelines.records.manifest import Row

_WINDOW = (1.0, 99.0)  # percentiles of the foreground
_ENDS = (("R", "L"), ("A", "P"), ("I", "S"))  # of the axes x, y, z of LPS
_INCH = 1.5
_TITLE_PLACES = 22  # of a class, along the height of a slice


@dataclass(frozen=True, kw_only=True, eq=False)
class Shown:
    """One sample of the montage.

    Args:
        title: class and pseudonym.
        volume: `[D, H, W, C]`.
        foreground: bool, likewise.
        affine: `[4, 4]`, voxel (d, h, w, 1) to LPS millimetres.
        centre: row and column that are marked; none = nothing is.
    """

    title: str
    volume: np.ndarray
    foreground: np.ndarray
    affine: np.ndarray
    centre: tuple[float, float] | None = None


def write(
    shown: list[Shown],
    channels: tuple[str, ...],
    directory: Path,
    *,
    title: str,
    slices: int = 8,
) -> tuple[Path, ...]:
    """Writes `directory/montage-<sequence>.png` for each channel.

    Args:
        slices: columns, evenly spaced along the depth.

    Raises:
        DataError: a disk that can't be written.
    """
    png.make_folder(directory)
    written = []
    for channel, name in enumerate(channels):
        path = directory / f"montage-{_file_name(name)}.png"
        figure = draw(shown, channel, title=f"{title}: {name}", slices=slices)
        png.write_asked(figure, path, dpi=100)
        written.append(path)
    return tuple(written)


def samples(data: DataSet, rows: tuple[Row, ...], *, per_class: int = 3) -> list[Shown]:
    """Those that pictures of a data set show.

    Args:
        per_class: of each class, the first by pseudonym.

    Raises:
        DataError: no samples, or a damaged shard.
    """
    shown = [read(data, row) for row in chosen(data, rows, per_class)]
    if not shown:
        raise DataError(f"{data.path} holds no samples to show")
    return shown


def chosen(data: DataSet, rows: tuple[Row, ...], per_class: int) -> list[Row]:
    """The first samples of each class by pseudonym, in the order of the classes."""
    by_class: dict[str, list[Row]] = {name: [] for name in (*data.classes, "")}
    for row in sorted(rows, key=lambda row: row.sample_id):
        by_class[class_of(row, data)].append(row)
    return [row for members in by_class.values() for row in members[:per_class]]


def record_of(data: DataSet, row: Row) -> bytes:
    """Reads one record from its shard."""
    path = next(
        data.shard_path(shard) for shard in data.shards if shard.name == row.shard
    )
    records = shards.read(path, gzip=data.task.steps.gzip)
    return next(islice(records, row.position, None))


def read(data: DataSet, row: Row) -> Shown:
    """Reads one sample from its shard."""
    with guard(data):
        fields = parser(data.task, require_target=False)(record_of(data, row))
    name = class_of(row, data)
    return Shown(
        title=f"{name}\n{row.sample_id[:9]}" if name else row.sample_id[:9],
        volume=fields["volume"].numpy(),
        foreground=fields["foreground"].numpy(),
        affine=fields["affine"].numpy(),
        centre=centre_mark.centre_of(data.task),
    )


def draw(
    shown: list[Shown], channel: int, *, title: str, slices: int
) -> matplotlib.figure.Figure:
    """A row for each sample, a column for each slice, all in their true proportions."""
    depth = shown[0].volume.shape[0]
    columns = places(depth, slices)
    tallest = max(proportion(sample) for sample in shown)
    figure = matplotlib.figure.Figure(
        figsize=(
            _INCH * (len(columns) + 0.8),
            _INCH * max(tallest, 0.5) * len(shown) + 0.8,
        ),
        layout="constrained",
    )
    figure.suptitle(title)
    names = short_names([each.title.split("\n")[0] for each in shown], _TITLE_PLACES)
    if names.legend:
        whole = "\n".join(names.legend)
        figure.supxlabel(whole, x=0.01, ha="left", fontsize=6)
    axes = figure.subplots(len(shown), len(columns), squeeze=False)
    for sample, name, line in zip(shown, names.shown, axes):
        limits = window(sample, channel)
        for axis, place in zip(line, columns):
            axis.set_xticks([])
            axis.set_yticks([])
            axis.set_title(f"{place + 1}/{depth}", fontsize=6, pad=2)
            draw_slice(axis, sample, channel, place, limits)
        rest = sample.title.split("\n")[1:]
        line[0].set_ylabel("\n".join([name, *rest]), fontsize=7)
    return figure


def places(depth: int, number: int) -> np.ndarray:
    """Evenly spaced slices of a volume, without its ends: int, `number` or fewer."""
    inner = np.linspace(0, depth - 1, min(number, depth) + 2).round()[1:-1]
    return np.unique(inner).astype(int)


def draw_slice(
    axis: Axes, sample: Shown, channel: int, place: int, limits: tuple[float, float]
) -> None:
    """Draws a slice in its true proportions, with the letters of its four sides.

    Args:
        place: of the slice in `sample.volume`.
        limits: see `window`.
    """
    spacing_mm = np.linalg.norm(sample.affine[:3, :3], axis=0)
    axis.imshow(
        sample.volume[place, :, :, channel],
        cmap="gray",
        vmin=limits[0],
        vmax=limits[1],
        aspect=spacing_mm[1] / spacing_mm[2],
        interpolation="nearest",
    )
    centre_mark.draw(axis, sample.centre, sample.volume.shape[1:3])
    marks = zip(
        marks_of(sample.affine), ((0.5, 0.98), (0.5, 0.02), (0.02, 0.5), (0.98, 0.5))
    )
    sides = (
        ("center", "top"),
        ("center", "bottom"),
        ("left", "center"),
        ("right", "center"),
    )
    for (mark, (x, y)), (horizontal, vertical) in zip(marks, sides):
        axis.text(
            x,
            y,
            mark,
            transform=axis.transAxes,
            color="yellow",
            fontsize=6,
            horizontalalignment=horizontal,
            verticalalignment=vertical,
        )


def marks_of(affine: np.ndarray) -> tuple[str, str, str, str]:
    """What lies at the top, bottom, left and right of a slice: A, P, R, L, S or I.

    Args:
        affine: `[4, 4]`, voxel (d, h, w, 1) to LPS millimetres.
    """
    marks = []
    for step in (affine[:3, 1], affine[:3, 2]):
        nearest = int(np.argmax(np.abs(step)))
        ends = _ENDS[nearest]
        marks += ends if step[nearest] > 0 else reversed(ends)
    return tuple(marks)


def proportion(sample: Shown) -> float:
    """Height of a slice against its width."""
    spacing_mm = np.linalg.norm(sample.affine[:3, :3], axis=0)
    _, rows, columns, _ = sample.volume.shape
    return float(rows * spacing_mm[1] / (columns * spacing_mm[2]))


def window(sample: Shown, channel: int) -> tuple[float, float]:
    """The darkest and the brightest value that is shown."""
    inside = sample.volume[..., channel][sample.foreground[..., channel]]
    if not inside.size:
        return 0.0, 1.0
    low, high = np.percentile(inside, _WINDOW)
    return float(low), float(high if high > low else low + 1)


def _file_name(sequence: str) -> str:
    return "".join(c if c.isalnum() or c in "-_+" else "_" for c in sequence)
