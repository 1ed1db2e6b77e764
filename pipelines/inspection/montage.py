"""Pictures of a data set: one PNG for each sequence, samples by slices."""

from itertools import islice
from pathlib import Path

import matplotlib.figure

from pipelines.batches.damaged_records import guard
from pipelines.errors import DataError
from pipelines.figures import png
from pipelines.figures.names import short_names
from pipelines.inspection import centre_mark
from pipelines.inspection.slice_picture import (
    Shown,
    draw_slice,
    places,
    proportion,
    window,
)
from pipelines.inspection.summary import class_of
from pipelines.records import shards
from pipelines.records.data_set import DataSet
from pipelines.records.encode import parser
from pipelines.records.manifest import Row

_INCH = 1.5
_TITLE_PLACES = 22  # of a class, along the height of a slice


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


def _file_name(sequence: str) -> str:
    return "".join(c if c.isalnum() or c in "-_+" else "_" for c in sequence)
