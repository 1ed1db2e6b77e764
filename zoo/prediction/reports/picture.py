"""The picture of a report: what the network said, above slices of what it was given."""

import matplotlib.figure
import numpy as np

from pipelines.figures import names, raster
from pipelines.inspection import slice_picture
from zoo.prediction.model_facts import ModelFacts
from zoo.prediction.reports import presentation, wording
from zoo.prediction.reports.instances import Made
from zoo.prediction.reports.study_images import StudyImages
from zoo.prediction.result_file import Prediction

_DPI = 100
_WIDTH = 10.0  # inches, as everything here
_LINE, _LARGE_LINE = 0.2, 0.34
_MARGIN, _LABEL = 0.15, 0.9
_PLACES, _LARGE_PLACES, _LABEL_PLACES = 130, 64, 12  # letters that a line takes
_MOST_LINES = 12  # of one target
_GREY = (0, 255)
_TALLEST = 1.5  # height of a slice against its width


def picture(
    prediction: Prediction, images: tuple[StudyImages, ...], facts: ModelFacts, by: Made
) -> np.ndarray:
    """Draws what is predicted of a study; nothing in it tells who the patient is.

    Args:
        images: of each task that read the study.

    Returns:
        uint8 `[rows, columns, 3]`.
    """
    return raster.pixels(_figure(prediction, images, facts, by), dpi=_DPI)


def _figure(
    prediction: Prediction, images: tuple[StudyImages, ...], facts: ModelFacts, by: Made
) -> matplotlib.figure.Figure:
    lines = _lines(prediction, facts)
    closing = _closing(prediction, by)
    rows = [(each, index) for each in images for index in range(len(each.channels))]
    heights = [_row_height(each) for each, _ in rows]
    text = sum(_LARGE_LINE if large else _LINE for _, large in lines)
    height = text + sum(heights) + _LINE * (1 + len(closing)) + 4 * _MARGIN
    figure = matplotlib.figure.Figure(figsize=(_WIDTH, height), facecolor="black")
    top = _MARGIN
    _write(figure, wording.USE, top, size=9, color="yellow")
    top += _LINE
    for line, large in lines:
        _write(figure, line, top, size=15 if large else 9, color="white")
        top += _LARGE_LINE if large else _LINE
    top += _MARGIN
    for (each, index), tall in zip(rows, heights, strict=True):
        _draw_row(figure, each, index, top, tall)
        top += tall
    top += _MARGIN
    for line in closing:
        _write(figure, line, top, size=9, color="yellow")
        top += _LINE
    return figure


def _lines(prediction: Prediction, facts: ModelFacts) -> list[tuple[str, bool]]:
    """What is said of each target, and whether a line of it is large."""
    lines = []
    for target_output in facts.target_outputs:
        title = wording.title_of(target_output, facts.task)
        *first, values = presentation.words(prediction.outputs, target_output)
        heading = f"{title}: {first[0]}" if first else title
        large = names.wrapped(heading, _LARGE_PLACES).split("\n")
        shown = target_output.kind.outputs[target_output.kind.shown]
        small = names.wrapped(f"{shown}: {values}", _PLACES).split("\n")
        if first[1:]:
            inside = wording.set_line(facts.set_level, *first)
            small = [*names.wrapped(inside, _PLACES).split("\n"), *small]
        if len(small) > _MOST_LINES:
            small = [*small[:_MOST_LINES], "… (all of them are in the report)"]
        lines += [(line, True) for line in large] + [(line, False) for line in small]
    return lines


def _closing(prediction: Prediction, by: Made) -> list[str]:
    model = f"{wording.SOFTWARE}: {by.model_name}, version {by.model.version}"
    when = by.at.strftime("%Y-%m-%d %H:%M")
    run = f"{model}, {when}, {prediction.name}"
    text = "\n".join((wording.STATEMENT, wording.GRID, run))
    return names.wrapped(text, _PLACES).split("\n")


def _column_width(images: StudyImages) -> float:
    return (_WIDTH - _LABEL - _MARGIN) / max(len(images.places), 1)


def _row_height(images: StudyImages) -> float:
    proportion = min(slice_picture.proportion(images.slices), _TALLEST)
    return max(proportion * _column_width(images), 2 * _LINE) + _LINE


def _draw_row(
    figure: matplotlib.figure.Figure,
    images: StudyImages,
    channel: int,
    top: float,
    height: float,
) -> None:
    """A channel: its name, and its slices with their numbers."""
    name = names.wrapped(images.channels[channel], _LABEL_PLACES)
    if not images.present[channel]:
        name += "\n(absent)"
    _write(figure, name, top + _LINE, size=8, color="white")
    width, whole = _column_width(images), figure.get_figheight()
    for column, place in enumerate(images.places):
        left = _LABEL + column * width
        axis = figure.add_axes(
            (
                left / _WIDTH,
                1 - (top + height) / whole,
                0.96 * width / _WIDTH,
                (height - _LINE) / whole,
            )
        )
        axis.set_axis_off()
        axis.set_xticks([])  # or ticks that nobody sees are made all the same
        axis.set_yticks([])
        axis.set_title(f"{place}/{images.depth}", fontsize=7, pad=2, color="white")
        slice_picture.draw_slice(axis, images.slices, channel, column, _GREY)


def _write(
    figure: matplotlib.figure.Figure, text: str, top: float, *, size: int, color: str
) -> None:
    figure.text(
        _MARGIN / _WIDTH,
        1 - top / figure.get_figheight(),
        text,
        fontsize=size,
        color=color,
        verticalalignment="top",
    )
