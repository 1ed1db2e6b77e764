"""What a report needs of a study's images, taken while its record is at hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from pipelines.errors import StudyError
from pipelines.ingestion.new_study import OneRecord
from pipelines.ingestion.study_fault import attempt
from pipelines.inspection import slice_picture
from pipelines.inspection.slice_picture import Shown
from pipelines.readers.dicom.headers import Series
from pipelines.records.encode import parser
from zoo.prediction.model_facts import ModelFacts

SLICES = 6  # that the picture shows of each channel


@dataclass(frozen=True, kw_only=True, eq=False)
class StudyImages:
    """The images of one study, as one task takes them.

    Args:
        series: of each sequence that the record was made of. Private.
        channels: names of those that the network sees, C.
        present: whether the study has each of them.
        slices: evenly spaced ones of the grid as they are shown, volume uint8
            `[S, H, W, C]`: 0 the darkest value of a channel and 255 the brightest.
        places: number of each slice on the grid, from 1.
        depth: slices of the grid.
    """

    series: Mapping[str, Series] = field(repr=False)
    channels: tuple[str, ...]
    present: tuple[bool, ...]
    slices: Shown
    places: tuple[int, ...]
    depth: int


def of_record(record: OneRecord, facts: ModelFacts) -> StudyImages | StudyError:
    """The images of a study, or what keeps a report from showing them."""
    return attempt(lambda: _of_record(record, facts), step="taking slices for a report")


def _of_record(record: OneRecord, facts: ModelFacts) -> StudyImages:
    task = facts.task
    fields = parser(task, require_target=False)(record.record)
    channels = facts.channels or task.channels
    wanted = [task.channels.index(name) for name in channels]
    whole = Shown(
        title="",
        volume=fields["volume"].numpy()[..., wanted],
        foreground=fields["foreground"].numpy()[..., wanted],
        affine=fields["affine"].numpy(),
    )
    depth = len(whole.volume)
    places = slice_picture.places(depth, SLICES)
    return StudyImages(
        series=record.series,
        channels=tuple(channels),
        present=tuple(bool(fields["present"].numpy()[place]) for place in wanted),
        slices=_slices(whole, places),
        places=tuple(int(place) + 1 for place in places),
        depth=depth,
    )


def _slices(whole: Shown, places: np.ndarray) -> Shown:
    """Some slices, in the 8 bits that are shown: those of many studies may wait."""
    chosen = whole.volume[places]
    grey = np.empty(chosen.shape, np.uint8)
    for channel in range(chosen.shape[-1]):
        low, high = slice_picture.window(whole, channel)
        share = (chosen[..., channel] - low) / (high - low)
        grey[..., channel] = np.clip(255 * share, 0, 255).round()
    return Shown(
        title="",
        volume=grey,
        foreground=np.broadcast_to(np.True_, grey.shape),
        affine=whole.affine,
    )
