"""Whether the files of a study are as many as its headers say."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from pipelines.readers.dicom.received_file import ReceivedFile


def missing(files: Collection[ReceivedFile]) -> str:
    """What a study lacks by its own headers, in words; "" = nothing.

    Held against the files are NumberOfStudyRelatedInstances (0020,1208),
    NumberOfSeriesRelatedInstances (0020,1209), ImagesInAcquisition (0020,1002) and
    NumberOfTemporalPositions (0020,0105), where a header has them, and whether files
    end before their pixels. A SOP instance that came twice counts once.
    """
    files = _without_copies(files)
    cut = sum(not file.whole for file in files)
    if cut:
        return f"{cut} of {len(files)} files end before their pixels do"
    announced = _most(file.study_objects for file in files)
    if len(files) < announced:
        return f"{len(files)} of {announced} objects of the study are here"
    by_series = defaultdict(list)
    for file in files:
        by_series[file.series_uid].append(file)
    for series in by_series.values():
        words = _missing_of_series(series)
        if words:
            return words
    return _missing_time_points([*by_series.values()])


def _missing_of_series(files: list[ReceivedFile]) -> str:
    announced = _most(file.series_objects for file in files)
    if len(files) < announced:
        return f"{len(files)} of {announced} objects of a series are here"
    images = sum(file.images for file in files)
    by_acquisition = defaultdict(list)
    for file in files:
        by_acquisition[file.acquisition].append(file)
    for acquired in by_acquisition.values():
        announced = _most(file.acquisition_images for file in acquired)
        here = sum(file.images for file in acquired)
        # Some scanners count those of a whole series of several acquisitions.
        if here < announced and images % announced:
            return f"{here} of {announced} images of an acquisition are here"
    return ""


def _missing_time_points(by_series: list[list[ReceivedFile]]) -> str:
    """Of repeated stacks, which may be a series each or all in one.

    Only files that say which time point they are of can tell.
    """
    points = defaultdict(set)
    for series in by_series:
        announced = _most(file.time_points for file in series)
        points[announced] |= {file.time_point for file in series} - {None}
        words = _uneven(series, announced)
        if words:
            return words
    for announced, here in points.items():
        if here and len(here) < announced:
            return f"{len(here)} of {announced} time points are here"
    return ""


def _uneven(series: list[ReceivedFile], announced: int) -> str:
    """Whether one time point of a series has fewer images than another."""
    counts = defaultdict(int)
    for file in series:
        if file.time_point is not None:
            counts[file.time_point] += file.images
    if announced > 1 and len(counts) == announced:
        fewest, most = min(counts.values()), max(counts.values())
        if fewest < most:
            return f"a time point has {fewest} images and another {most}"
    return ""


def _without_copies(files: Collection[ReceivedFile]) -> list[ReceivedFile]:
    """Each SOP instance once, a whole one of it if there is one."""
    instances = {}
    for number, file in enumerate(files):
        key = file.sop_uid or number
        if key not in instances or file.whole:
            instances[key] = file
    return [*instances.values()]


def _most(stated: Iterable[int | None]) -> int:
    """The largest number that a header states; 0 = none does."""
    return max((number for number in stated if number is not None), default=0)
